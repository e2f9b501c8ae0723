const list = (words: string): readonly string[] => words.split(' ');

/**
 * Words that show a language, folded (lower case, no diacritics): first those of sentences, then those of headings, forms
 * and bills, which have hardly any sentence. A word that two languages share stands in both.
 */
const WORDS: Readonly<Record<string, readonly [sentences: readonly string[], records: readonly string[]]>> = {
  en: [
    list(
      'the of and to in is that for it as with was on be by at this are from or an have not which you your we our has will can all been about each their their if may any shall must do',
    ),
    list(
      'invoice number date due amount description quantity qty price unit subtotal tax order customer payment name address page phone report statement balance account experience education skills university',
    ),
  ],
  de: [
    list(
      'der die das und ist von zu den mit sich des auf fur nicht ein eine einer einem einen als auch es an werden aus er hat dass sie nach wird bei um sind im am vom zum zur uber wir ihr ihre ihnen unter bis oder wie',
    ),
    list(
      'rechnung rechnungsnummer datum nr menge einzelpreis gesamtpreis betrag gesamtbetrag summe mwst ust netto brutto kunde kundennummer bestellung lieferung zahlung steuer bezeichnung konto seite strasse telefon empfanger betreff geehrte anlage ort',
    ),
  ],
  fr: [
    list(
      'le la les de des et en un une du dans est que pour qui sur par avec ne pas au aux ce cette ces son sa ses vous nous votre notre vos il elle sont ou plus etre ont leur',
    ),
    list(
      'facture numero date montant quantite prix unitaire total ht ttc tva client commande paiement echeance designation adresse page compte solde objet madame monsieur telephone reference',
    ),
  ],
  es: [
    list(
      'el los las de del en un una que es por con para se su sus al lo como mas no si esta este son ha fue usted la y o',
    ),
    list(
      'factura numero fecha importe cantidad precio unitario iva cliente pedido pago vencimiento descripcion direccion pagina cuenta saldo asunto estimado telefono apellido nombre empleado documento',
    ),
  ],
  it: [
    list(
      'il lo gli di del della dei delle dell in un una che per con non si da al alla sono nel nella ai dal dalla anche come questo ha le la e',
    ),
    list(
      'fattura numero data importo quantita prezzo unitario totale iva cliente ordine pagamento scadenza descrizione indirizzo pagina conto saldo oggetto avviso comunicato sociale persona societa cognome nome',
    ),
  ],
  nl: [
    list(
      'de het een van en in is dat op te voor met zijn niet aan er om ook als bij naar uw wij worden wordt door deze dit tot uit heeft of per',
    ),
    list(
      'factuur factuurnummer factuurdatum factuuradres kopie btw bedrag totaalbedrag totaal subtotaal aantal hoeveelheid omschrijving prijs prijzen stuk klant klantnummer bestelling bestelnummer betaling betaald betaalwijze vervaldatum datum korting excl incl bezorging afleveradres rekening nederland grondslag administratie aankoopdatum',
    ),
  ],
  pt: [
    list(
      'os as de do da dos das em um uma que para com nao por se na no nas nos ao mais como foi sua seu ou esta sao e o',
    ),
    list(
      'fatura factura numero data valor quantidade preco unitario total iva cliente encomenda pagamento vencimento descricao endereco morada pagina conta saldo assunto nome telefone',
    ),
  ],
  ca: [
    list('el els les de del dels en un una que es per amb i al als no si mes com aquest aquesta son ha seva'),
    list(
      'factura numero data import quantitat preu unitari client comanda pagament venciment descripcio adreca',
    ),
  ],
  ro: [
    list('si de la in cu pe pentru din care este nu sa se un o ale al prin sau sunt mai dupa fost'),
    list(
      'factura numar data suma cantitate pret unitar valoare tva client furnizor comanda plata scadenta denumire adresa pagina cont',
    ),
  ],
  sv: [
    list(
      'och att det som en av for den till med om har inte ett han var jag de fran vid kan ar pa eller ska i',
    ),
    list(
      'faktura fakturanummer fakturadatum datum belopp antal pris moms summa kund kundnummer bestallning betalning forfallodatum benamning adress sida att konto',
    ),
  ],
  da: [
    list('og at det som en af for den til med om har ikke et er pa de fra ved kan vi skal eller hvis i'),
    list(
      'faktura fakturanummer fakturadato dato belob antal pris moms ialt kunde kundenummer ordre betaling forfaldsdato beskrivelse adresse side konto varenr',
    ),
  ],
  no: [
    list('og at det som en av for den til med om har ikke et er pa de fra ved kan vi skal eller hvis i'),
    list(
      'faktura fakturanummer fakturadato dato belop antall pris mva sum kunde kundenummer ordre betaling forfallsdato beskrivelse adresse side konto varenr',
    ),
  ],
  fi: [
    list('ja on ei se etta oli ovat joka mutta kun tai myos han sen olla ole kuin niin mukaan seka'),
    list(
      'lasku laskun numero paivamaara summa maara hinta yhteensa alv vero asiakas asiakasnumero tilaus maksu erapaiva viite viitenumero kuvaus osoite sivu tili',
    ),
  ],
  et: [
    list('ja on ei see et ta kui oma ka siis mis seda aga voi kas koos uks selle teie meie'),
    list(
      'arve number kuupaev summa kogus hind kokku kaibemaks kaibemaksu kaibemaksuta km kmkr klient maksja saaja tellimus makse maksetahtaeg tahtaeg nimetus aadress lehekulg konto viivis broneering reg kood',
    ),
  ],
  lv: [
    list('un ir par no ar ka uz lai kas tiek vai pec to bet ari pie gada'),
    list(
      'rekins numurs datums summa daudzums cena kopa pvn klients pasutijums apmaksa termins nosaukums adrese konts',
    ),
  ],
  lt: [
    list('ir yra su kad is i uz ar bei kaip nuo tai buvo per del bet apie'),
    list(
      'saskaita faktura numeris data suma kiekis kaina viso pvm klientas uzsakymas mokejimas pavadinimas adresas',
    ),
  ],
  pl: [
    list('na do nie sie jest to ze jak po przez od dla za oraz lub przy jego jej ktore ktory w z i'),
    list(
      'faktura numer data kwota ilosc cena razem vat netto brutto klient zamowienie platnosc termin nazwa adres strona konto sprzedawca nabywca wartosc',
    ),
  ],
  cs: [
    list('a je na se v z do ze to s pro jako podle by jsou po od nebo byl za k ve pri jeho'),
    list(
      'faktura cislo datum castka mnozstvi cena celkem dph zakaznik objednavka platba splatnost splatnosti nazev adresa strana ucet dodavatel odberatel',
    ),
  ],
  sk: [
    list('a je na sa v z do ze to s pre ako podla by su po od alebo bol za k vo pri jeho'),
    list(
      'faktura cislo datum suma mnozstvo cena spolu dph zakaznik objednavka platba splatnost splatnosti nazov adresa strana ucet dodavatel odberatel',
    ),
  ],
  hr: [
    list('i je na u se da za su od s kao ili iz do po koji koja nije sa biti'),
    list(
      'racun broj datum iznos kolicina cijena ukupno pdv kupac narudzba placanje dospijeca naziv adresa stranica',
    ),
  ],
  sl: [
    list('in je na v se da za so od s kot ali iz do po ki ni z biti'),
    list(
      'racun stevilka datum znesek kolicina cena skupaj ddv kupec narocilo placilo zapadlosti naziv naslov stran',
    ),
  ],
  hu: [
    list('a az es hogy nem is egy meg csak van ha vagy de volt ez azt mint szerint'),
    list(
      'szamla szama kelte datum osszeg mennyiseg egysegar ar osszesen afa vevo elado megrendeles fizetes hatarido megnevezes cim oldal',
    ),
  ],
  tr: [
    list('ve bir bu icin ile da de olarak olan en cok daha her gibi kadar sonra veya ise degil tarafindan'),
    list(
      'fatura numarasi tarih tarihi tutar miktar fiyat birim toplam kdv musteri siparis odeme vade aciklama adres sayfa hesap ilan universitesi',
    ),
  ],
  id: [
    list('dan yang di untuk dengan dari ini itu pada adalah tidak dalam akan atau oleh sebagai ke'),
    list(
      'faktur nomor tanggal jumlah harga satuan total ppn pelanggan pesanan pembayaran tempo deskripsi alamat halaman',
    ),
  ],
};

export const LANGUAGE_WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(WORDS).map(([language, [sentences, records]]) => [
    language,
    new Set([...sentences, ...records]),
  ]),
);

/** Words of sentences in any of the languages: they say nothing about what a text is about. */
export const SENTENCE_WORDS: ReadonlySet<string> = new Set(
  Object.values(WORDS).flatMap(([sentences]) => sentences),
);

/** Of the Latin-looking text that templates are filled with: no language of a document. */
export const FILLER_WORDS: ReadonlySet<string> = new Set(
  list(
    'lorem ipsum dolor sit amet consectetuer consectetur adipiscing elit sed ut et in non nec quis vel ac at eget eu ex id est ante enim felis justo leo libero magna massa mauris metus mi morbi nam neque nibh nisl nulla nunc odio orci pede pellentesque pharetra placerat porttitor posuere praesent pretium proin purus quam risus rutrum sagittis sapien sem semper sodales sollicitudin suscipit tellus tempor tempus tincidunt tortor tristique turpis ultrices ultricies urna varius vehicula velit vestibulum vitae vivamus viverra volutpat vulputate donec duis dui fusce faucibus fermentum fringilla gravida habitant imperdiet lacus lacinia lectus ligula lobortis luctus maecenas malesuada mattis aenean aliquet aliquam auctor augue bibendum blandit condimentum congue convallis cras curabitur cursus dapibus diam dictum dignissim',
  ),
);

/** Scripts other than Latin, by the languages that are written in them. */
export const SCRIPTS: readonly (readonly [languages: readonly string[], letters: RegExp])[] = [
  [list('zh ja ko'), /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu],
  [list('ru uk bg sr mk be kk'), /\p{Script=Cyrillic}/gu],
  [list('el'), /\p{Script=Greek}/gu],
  [list('ar fa ur'), /\p{Script=Arabic}/gu],
  [list('he yi'), /\p{Script=Hebrew}/gu],
  [list('hi mr ne'), /\p{Script=Devanagari}/gu],
  [list('th'), /\p{Script=Thai}/gu],
];
