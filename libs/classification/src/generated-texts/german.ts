import type { TextTemplate } from './template.js';

export const GERMAN: readonly TextTemplate[] = [
  { type: 'receipt', lines: [
    '# {company}', '{street}, {city}', '?Tel. {phone}', '?Kassenbon', 'Datum {date} Uhrzeit {time} Kasse {small} Bon {number}', '*{small} x {item} {amount} A', 'Summe EUR {amount}', '?Bar {amount}', '?Gegeben {amount} Rückgeld {amount}', '?Girocard {amount} Kartenzahlung genehmigt',
    '?MwSt A {percent} Netto {amount} Steuer {amount}', '?Es bediente Sie {firstName}', '?TSE-Signatur {code}', 'Vielen Dank für Ihren Einkauf!'] },
  { type: 'receipt', lines: [
    '# Quittung', 'Nr. {number}', 'Betrag {money}', 'von {person}', 'für {item}', 'dankend erhalten', '{city}, den {date}', '?Unterschrift des Empfängers', '?inkl. {percent} MwSt {amount}'] },
  { type: 'purchase-order', lines: [
    '# BESTELLUNG', 'Bestellnummer {number}', 'Bestelldatum {date}', 'Lieferant: {company}, {street}, {city}', 'Lieferanschrift: {company}, {city}', '?Besteller: {person}, Einkauf', '?Liefertermin: {date}', 'Wir bestellen zu unseren Einkaufsbedingungen:', 'Pos. Artikel Menge Preis', '*{small} {item} {qty} Stück {amount}', 'Bestellwert {money}', '?Bitte geben Sie die Bestellnummer auf Lieferschein und Rechnung an.', '?Bitte bestätigen Sie den Auftrag bis {date}.'] },
  { type: 'delivery-note', lines: [
    '# LIEFERSCHEIN', 'Lieferscheinnummer {number}', 'Lieferdatum {date}', '?Ihre Bestellung {number} vom {date}', 'Empfänger: {company}, {street}, {city}', '?Versandart: Spedition {company}', 'Pos. Artikelnummer Bezeichnung Menge Einheit', '*{small} {code} {item} {qty} Stück', '?Anzahl Packstücke {small} Bruttogewicht {qty} kg', '?Ware vollständig und unbeschädigt erhalten', 'Datum, Unterschrift des Empfängers', '?Die Ware bleibt bis zur Bezahlung unser Eigentum.'] },
  { type: 'financial-statement', lines: [
    '# Kontoauszug', '{company} Bank', 'Kontonummer {number} IBAN {iban}', 'Auszug Nr. {small} Blatt {small}', 'Alter Saldo vom {date} {amount}', 'Buchung Wertstellung Verwendungszweck Soll Haben', '*{date} {date} {company} {amount}', 'Neuer Saldo vom {date} {amount}', '?Dispositionskredit {amount}', '?Bitte prüfen Sie Ihren Kontoauszug.'] },
  { type: 'financial-statement', lines: [
    '# Bilanz zum {date}', '{company}', 'Aktiva', 'Anlagevermögen {amount} {amount}', 'Umlaufvermögen {amount} {amount}', 'Passiva', 'Eigenkapital {amount} {amount}', 'Verbindlichkeiten {amount}', '?Gewinn- und Verlustrechnung', '?Umsatzerlöse {amount}', '?Jahresüberschuss {amount}'] },
  { type: 'financial-statement', lines: [
    '# Lohnabrechnung {month} {year}', '{company}', 'Personalnummer {number} {person}', '?Steuerklasse {small}', 'Grundgehalt {amount}', 'Gesamtbrutto {amount}', 'Lohnsteuer {amount} Rentenversicherung {amount} Krankenversicherung {amount}', 'Auszahlungsbetrag {amount}'] },
  { type: 'letter', lines: [
    '{company} · {street} · {city}', '{person}', '{street}', '{city}', '{city}, den {date}', '?Betreff: {item}', 'Sehr geehrte Damen und Herren,', 'vielen Dank für Ihr Schreiben vom {date}. {prose}', '{prose}', '?Für Rückfragen stehe ich Ihnen gern zur Verfügung.', 'Mit freundlichen Grüßen', '{person}', '?Anlage', '?Ihr Zeichen {code}'] },
  { type: 'letter', lines: ['{person}', '{city}, {date}', 'Liebe Frau {lastName},', '{prose}', '{prose}', '?Über eine Antwort würde ich mich freuen.', 'Herzliche Grüße', '{firstName}'] },
  { type: 'form', lines: [
    '# ANTRAG', '?Bitte in Druckschrift ausfüllen', 'Name ____________ Vorname ____________', 'Geburtsdatum ____________ Staatsangehörigkeit ____________', 'Straße, Hausnummer ____________ PLZ, Ort ____________', '?Zutreffendes bitte ankreuzen: □ ja □ nein', '?E-Mail ____________ Telefon ____________', '?Ich beantrage die Aufnahme zum {date}', '?Kontoinhaber ____________ IBAN ____________', 'Ort, Datum ____________ Unterschrift ____________', '?Formular {code}', '?Wird vom Amt ausgefüllt'] },
  { type: 'form', lines: [
    '# Anmeldeformular', 'Hiermit melde ich mich verbindlich an für: {item}', '□ Einzelperson □ Familie □ ermäßigt', 'Nachname: .................... Vorname: ....................', 'Adresse: ....................', '?Einverständniserklärung der Eltern', 'Unterschrift: ....................'] },
  { type: 'contract-legal', lines: [
    '# VERTRAG', 'zwischen {company}, {city} - nachfolgend Auftraggeber genannt - und {person}, {city} - nachfolgend Auftragnehmer genannt -', '§ 1 Gegenstand des Vertrages', 'Die Vertragsparteien vereinbaren {item}.', '§ 2 Vergütung', 'Der Auftragnehmer erhält {money}.', '?§ 3 Laufzeit und Kündigung', '?§ 4 Haftung', '?§ 5 Verschwiegenheit', '?Gerichtsstand ist {city}. Es gilt deutsches Recht.', 'Sollten einzelne Bestimmungen unwirksam sein, bleibt der Vertrag im Übrigen wirksam.', '?Ort, Datum, Unterschriften'] },
  { type: 'resume', lines: [
    '# Lebenslauf', '{person}', '{street}, {city}', '{phone} {email}', '?Persönliche Daten: geboren am {date} in {city}', 'Berufserfahrung', '*{year} - {year} {company}, {job}', 'Ausbildung', '{year} - {year} Studium, Universität {city}', 'Kenntnisse', '?Sprachen: Deutsch, Englisch', '?Hobbys: {word}'] },
  { type: 'manual-datasheet', lines: [
    '# {product} Bedienungsanleitung', 'Inhaltsverzeichnis', '1 Sicherheitshinweise', '2 Installation', '3 Einstellungen', '?ACHTUNG: Gerät vor dem Öffnen vom Netz trennen.', 'Drücken Sie die Taste {word}, um das Gerät einzuschalten.', '?Hinweis: Die Voreinstellung ist {small}.', '*Wählen Sie im Menü {word} die Option {word}.', '?Technische Daten: Spannung {small} V, Abmessungen {qty} x {qty} mm, Gewicht {qty} kg'] },
  { type: 'slides', lines: [
    '# {item}', '{person}, {company}', 'Gliederung', '• Motivation', '*• {short}', '?Ziele', '*• {short}', '?Ausblick', 'Zusammenfassung', '• {short}', '?Vielen Dank für Ihre Aufmerksamkeit', '?Fragen?'] },
  { type: 'news-newsletter', lines: [
    '# Vereinsnachrichten', 'Ausgabe {small}/{year}', '?Liebe Leserinnen und Leser,', '{prose}', '„Wir freuen uns sehr“, sagte {person}. {prose}', '?Veranstaltungen: {date} {short}', '?Aus der Redaktion', '?Pressemitteilung: {company}, {city}', '?Neue Mitglieder: {person}, {person}'] },
  { type: 'report', lines: [
    '# Bericht {year}', '{company}', 'Inhaltsverzeichnis', 'Zusammenfassung', 'Dieser Bericht beschreibt die Ergebnisse der Untersuchung von {item}. {prose}', '1 Einleitung', '2 Ergebnisse', '*{prose}', '?Abbildung {small}: {short}', '3 Empfehlungen', '{prose}', '?Anhang'] },
  { type: 'report', lines: ['# Protokoll der Sitzung vom {date}', 'Anwesend: {person}, {person}', 'Tagesordnung', '1. {short}', '2. {short}', '{prose}', '?Beschluss: einstimmig angenommen', '?Ende der Sitzung {time} Uhr'] },
  { type: 'invoice', lines: [
    '# RECHNUNG', 'Rechnungsnummer {number}', 'Rechnungsdatum {date}', '?Kundennummer {number}', '{company}, {street}, {city}', '?Leistungsdatum {date}', 'Pos. Bezeichnung Menge Einzelpreis Gesamtpreis', '*{small} {item} {qty} {amount} {amount}', 'Nettobetrag {amount}', 'MwSt {percent} {amount}', 'Rechnungsbetrag {money}', '?Zahlbar innerhalb von 14 Tagen ohne Abzug', '?IBAN {iban}', '?USt-IdNr. {code}'] },
  { type: 'other', lines: ['# Fahrkarte', '{person}', '{city} - {city}', 'Gültig am {date} Abfahrt {time} Wagen {small} Sitzplatz {small}', '?Auftragsnummer {code}', '?Reisende: {small} Erwachsener'] },
  { type: 'other', lines: ['# Kostenvoranschlag', '{company}', 'Angebot Nr. {number} vom {date}', '*{item} {qty} {amount}', 'Voraussichtliche Summe {money}', '?Dieses Angebot ist freibleibend und gültig bis {date}.'] },
  { type: 'other', lines: ['# Stellenausschreibung', '{company} sucht zum {date} {job} in {city}.', 'Ihre Aufgaben', '*{short}', 'Ihr Profil', '*{short}', '?Bewerbungen bis {date} an {email}'] },
]; // prettier-ignore
