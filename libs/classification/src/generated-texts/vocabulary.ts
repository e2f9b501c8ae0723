/** What the slots of the templates are filled with in one language. All names and numbers are made up. */
export interface Vocabulary {
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly firms: readonly string[];
  readonly suffixes: readonly string[];
  readonly cities: readonly string[];
  readonly streets: readonly string[];
  readonly items: readonly string[];
  readonly words: readonly string[];
  readonly shorts: readonly string[];
  readonly prose: readonly string[];
  readonly jobs: readonly string[];
  readonly months: readonly string[];
  readonly titles: readonly string[];
  readonly contracts: readonly string[];
  readonly products: readonly string[];
  readonly currencies: readonly string[];
  readonly decimal: '.' | ',';
}

const list = (text: string): readonly string[] => text.split('|');

export const VOCABULARIES: Readonly<Record<'en' | 'de' | 'fr', Vocabulary>> = {
  en: {
    first: list('Alice|Robert|Priya|James|Maria|Kwame|Linda|Tom|Sarah|Ahmed'),
    last: list('Walker|Osei|Patel|Nguyen|Brown|Fischer|Lopez|Kim|Harris|Doyle'),
    firms: list('Northwind|Blue Harbor|Maple Street|Quantum|Green Valley|Apex|Riverside|Lakeview|Summit|Ironwood'),
    suffixes: list('Inc.|LLC|Ltd|Corp.|Group|& Sons'),
    cities: list('Springfield, IL 62704|Leeds LS1 4AP|Portland, OR 97205|Dublin 2|Austin, TX 78701|Toronto ON|Bristol BS1'),
    streets: list('12 Oak Avenue|450 Market Street|7 Station Road|88 King Street, Suite 5|P.O. Box 311'),
    items: list('printer paper|coffee beans|hex bolts M8|annual maintenance|data services|the community garden|water quality|office chairs|training course|bread and milk|safety gloves|network cable'),
    words: list('alpha|green|system|filter|garden|river|standard|menu|power|network|energy|local'),
    shorts: list('Growth of the local market|New school building opens|How it works|Lower cost, better quality|Results of the first year|A short history|What we learned'),
    prose: list('The work began in spring and was finished on time, which surprised many of those involved.|Costs were lower than in the year before, while the number of visitors rose again.|The team looked at several options and chose the simplest one that met all needs.|It remains to be seen whether the plan will be accepted by everybody.|Much depends on the weather, on the supply of parts and on the people who do the work.|We have received your request and would like to thank you for your patience in this matter.'),
    jobs: list('software engineer|sales manager|nurse|accountant|project lead|teacher'),
    months: list('January|March|April|June|September|November'),
    titles: list('Mr.|Ms.|Dr.|Mrs.'),
    contracts: list('LICENSE|SERVICE|NON-DISCLOSURE|LEASE|CONSULTING|EMPLOYMENT'),
    products: list('TX-200|AquaPump 5|HomeRouter Pro|LabScale 40|DriveUnit Z'),
    currencies: list('$|USD|£|€'),
    decimal: '.',
  },
  de: {
    first: list('Anna|Jürgen|Sabine|Mehmet|Lukas|Petra|Heike|Stefan|Clara|Uwe'),
    last: list('Müller|Yılmaz|Schneider|Weber|Hofmann|Krüger|Vogt|Lang|Bauer|Seidel'),
    firms: list('Nordlicht|Bergmann|Hansa|Alpenblick|Kronen|Rheintal|Falken|Grünwald'),
    suffixes: list('GmbH|AG|OHG|e.K.|KG|e.V.'),
    cities: list('20095 Hamburg|80331 München|1010 Wien|8001 Zürich|50667 Köln|04109 Leipzig'),
    streets: list('Hauptstraße 5|Am Markt 12|Lindenweg 33a|Bahnhofstr. 8|Postfach 1020'),
    items: list('Kopierpapier|Kaffeebohnen|Schrauben M8|Wartung|der Gemeindegarten|Wasserqualität|Bürostuhl|Schulung|Brot und Milch|Arbeitshandschuhe|Netzwerkkabel'),
    words: list('Standard|Filter|Garten|Anlage|Menü|Netz|Energie|System|Strom'),
    shorts: list('Wachstum am lokalen Markt|Neues Schulgebäude eröffnet|So funktioniert es|Weniger Kosten, bessere Qualität|Ergebnisse des ersten Jahres|Ein Blick zurück'),
    prose: list('Die Arbeiten begannen im Frühjahr und wurden rechtzeitig beendet, was viele überraschte.|Die Kosten lagen unter denen des Vorjahres, während die Zahl der Besucher wieder stieg.|Die Gruppe hat mehrere Möglichkeiten geprüft und die einfachste gewählt.|Es bleibt abzuwarten, ob der Plan von allen angenommen wird.|Wir haben Ihre Anfrage erhalten und danken Ihnen für Ihre Geduld.'),
    jobs: list('Softwareentwickler|Vertriebsleiterin|Krankenpfleger|Buchhalterin|Projektleiter|Lehrerin'),
    months: list('Januar|März|April|Juni|September|November'),
    titles: list('Herr|Frau|Dr.'),
    contracts: list('DIENST|MIET|LIZENZ'),
    products: list('TX-200|AquaPumpe 5|HomeRouter Pro|Waage L40|Antrieb Z'),
    currencies: list('EUR|€|CHF'),
    decimal: ',',
  },
  fr: {
    first: list('Camille|Jean|Nadia|Pierre|Élodie|Karim|Sophie|Luc|Hélène|Marc'),
    last: list('Martin|Lefèvre|Benali|Moreau|Girard|Dupuis|Roux|Lambert|Noël|Faure'),
    firms: list('Horizon|Les Tilleuls|Atlantique|Boréal|Mistral|Rivage|Soleil|Montagne'),
    suffixes: list('SARL|SA|SAS|& Fils|EURL'),
    cities: list('75011 Paris|69002 Lyon|1000 Bruxelles|1204 Genève|33000 Bordeaux|59000 Lille'),
    streets: list('5 rue de la Gare|12 avenue Victor Hugo|33 place du Marché|8 chemin des Vignes|BP 1020'),
    items: list('papier|café en grains|vis M8|la maintenance annuelle|le jardin partagé|la qualité de l’eau|chaises de bureau|une formation|pain et lait|gants de sécurité|câble réseau'),
    words: list('standard|filtre|jardin|réseau|menu|énergie|système|courant'),
    shorts: list('Croissance du marché local|Une nouvelle école ouvre|Comment ça marche|Moins de coûts, plus de qualité|Résultats de la première année|Un bref historique'),
    prose: list('Les travaux ont commencé au printemps et se sont terminés à temps, ce qui a surpris beaucoup de monde.|Les coûts ont été inférieurs à ceux de l’année précédente, et le nombre de visiteurs a augmenté.|L’équipe a examiné plusieurs possibilités et a choisi la plus simple.|Il reste à voir si le projet sera accepté par tous.|Nous avons bien reçu votre demande et vous remercions de votre patience.'),
    jobs: list('ingénieur logiciel|directrice commerciale|infirmier|comptable|chef de projet|enseignante'),
    months: list('janvier|mars|avril|juin|septembre|novembre'),
    titles: list('M.|Mme'),
    contracts: list('BAIL|LICENCE'),
    products: list('TX-200|AquaPompe 5|HomeRouter Pro|Balance L40|Moteur Z'),
    currencies: list('€|EUR'),
    decimal: ',',
  },
}; // prettier-ignore
