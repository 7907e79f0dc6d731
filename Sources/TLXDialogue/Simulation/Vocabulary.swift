/// What people ask a voice assistant for, and how it mishears them: phrases that fill the templates of `Grammar`.
///
/// One entry a line: `phrase = misheard, misheard; shortened | detail`. The mishearings are near-homophones that speech
/// recognition really produces; a mishearing may be another entry's phrase ("fifteen" and "fifty minutes"), which is
/// how a request ends up serving another goal.
enum Vocabulary {
  static let artists = entries(
    """
    imagine dragons = maj and dragons, imagine dragon; imagine
    the weeknd = the weekend, the weaken; weeknd
    adele = a dell, a deal
    coldplay = cold play list, gold play
    beyonce = be on say, beyond say
    rihanna = re anna, rihana
    ed sheeran = edge sheer in, ed sharon; sheeran
    taylor swift = tailor swift, taylor shift; taylor
    billie eilish = billy eyelash, billie i wish; billie
    queen = clean, green
    nirvana = near vana, nevada
    metallica = metal car, italica
    radiohead = radio had, radio ahead
    daft punk = daft punt, that punk; daft
    gorillaz = gorillas, guerrillas
    fleetwood mac = fleet would mack, feet wood mac; fleetwood
    pink floyd = pink void, pin floyd; floyd
    the beatles = the beetles, the battles; beatles
    led zeppelin = let zeppelin, lead zeppelin; zeppelin
    arctic monkeys = arc tick monkeys, attic monkeys
    florence and the machine = florence in the machine, lawrence and the machine; florence
    vampire weekend = empire weekend, vampire week and
    lana del rey = lana del ray, llama del rey; lana
    bruno mars = bruno mas, brunner mars; bruno
    lady gaga = lady ga ga, laid gaga; gaga
    katy perry = katie perry, cady berry
    kendrick lamar = kendrick lama, ken rick lamar; kendrick
    drake = brake, rake
    eminem = m and m, eminent
    outkast = out cast, out cost
    abba = a bar, alba
    bjork = bee york, be york
    sade = shar day, shah day
    enya = in ya, anya
    muse = moose, news
    u two = you too, you to
    the cure = the cue, secure
    the killers = the colors, the pillars; killers
    the strokes = the folks, the stokes
    foo fighters = food fighters, two fighters
    green day = green they, queen day
    linkin park = lincoln park, link in park; linkin
    red hot chili peppers = red hot chilly papers, red hot chili pepper; chili peppers
    rage against the machine = rage against a machine, raging the machine
    twenty one pilots = twenty one violets, twenty pilots
    florida georgia line = florida georgia lime, flora the georgia line
    dolly parton = dolly part in, daily parton; dolly
    johnny cash = johnny cache, johnny gash; cash
    miles davis = miles davies, my davis; miles
    john coltrane = john coal train, john cold rain; coltrane
    ella fitzgerald = ella fits gerald, hello fitzgerald; ella
    nina simone = nina someone, mina simone; nina
    bob dylan = bob dillon, pop dylan; dylan
    joni mitchell = johnny mitchell, joany mitchell; joni
    leonard cohen = leonard cone, lennart cohen; cohen
    elton john = elden john, eltern john; elton
    stevie wonder = stevie under, steve he wonder; stevie
    marvin gaye = marvin gate, marvin game; marvin
    aretha franklin = a wreath of franklin, aretha frank lynn; aretha
    amy winehouse = amy wine house, aimee warehouse; amy
    """)

  static let songs = entries(
    """
    bohemian rhapsody = bohemian rap city, bohemia rhapsody; rhapsody | by queen
    hallelujah = hello luya, hall of luya | by leonard cohen
    purple rain = purple reign, purple range | by prince
    thriller = trailer, thrill her | by michael jackson
    smells like teen spirit = smells like tin spirit, smell like teen spirits; teen spirit | by nirvana
    yesterday = yes today, yes to day | by the beatles
    imagine = a machine, image in | by john lennon
    wonderwall = wonder wall e, one the wall | by oasis
    viva la vida = viva la feeder, we were la vida | by coldplay
    rolling in the deep = rolling in the jeep, rolling the deep | by adele
    someone like you = someone like who, some one likes you | by adele
    shape of you = shake of you, shape of view | by ed sheeran
    blinding lights = blinking lights, binding lights | by the weeknd
    bad guy = bad guide, that guy | by billie eilish
    uptown funk = up town punk, up down funk | by bruno mars
    dancing queen = dancing green, dance in queen | by abba
    take on me = take and me, take an me | by a-ha
    africa = a freaker, after car | by toto
    creep = grape, crib | by radiohead
    karma police = calmer police, karma please | by radiohead
    seven nation army = seventh nation army, seven nations army | by the white stripes
    come as you are = come and see you are, calm as you are | by nirvana
    we don't talk anymore = we don't talk any more about, we don't talk | by charlie puth
    we don't talk about bruno = we don't talk about pluto, don't talk about bruno | from encanto
    let it go = let it glow, led it go | from frozen
    shallow = shadow, shall oh | by lady gaga
    royals = oils, royal | by lorde
    titanium = type tanium, tight any um | by david guetta
    halo = hello, hey low | by beyonce
    umbrella = umbra la, number ella | by rihanna
    zombie = some be, zombies | by the cranberries
    dreams = streams, drinks | by fleetwood mac
    landslide = land slight, lance lied | by fleetwood mac
    jolene = joe lean, julien | by dolly parton
    hurt = heard, hut | by johnny cash
    feeling good = filling good, feeling could | by nina simone
    so what = so watt, sow what | by miles davis
    clocks = locks, clogs | by coldplay
    yellow = hello yellow, fellow | by coldplay
    believer = beaver, believe her | by imagine dragons
    """)

  /// Titles that are a song, a film and a book at once.
  static let sharedTitles = entries(
    """
    dune = june, doom
    titanic = tight anic, titan nick
    frozen = frozan, chosen
    it = at, eight
    the bodyguard = the body guard, the bodyguards
    footloose = food loose, foot lose
    the wall = the war, the mall
    psycho = cycle, cyclo
    joker = choker, poker
    rebecca = rebekah, re becker
    emma = enma, am a
    wicked = wicket, wick it
    the graduate = the gradual it, graduate
    moana = moaner, mo anna
    """)

  static let films = entries(
    """
    the godfather = the god father, the cot father
    casablanca = casa blanca, castle blanca
    blade runner = blade runners, late runner
    spirited away = spirit away, spirited a way
    the matrix = the mattress, the metrics; matrix
    inception = in session, in section
    toy story = toy storey, toys story
    jaws = doors, jars
    alien = a lion, aliens
    heat = eat, heed
    amelie = emily, a melee
    parasite = paradise, parasites
    the lion king = the lying king, lion king
    ratatouille = rat a two e, rata tooey
    finding nemo = finding demo, find nemo; nemo
    """)

  static let books = entries(
    """
    moby dick = moby deck, mobile dick
    pride and prejudice = pride in prejudice, bride and prejudice
    the hobbit = the habit, the hobbits; hobbit
    war and peace = war and piece, one piece
    jane eyre = jane air, jane ire
    dracula = drag ula, dracular
    the odyssey = the audacity, the odd see; odyssey
    great expectations = great expectation, grate expectations
    the time machine = a time machine, the time machines
    sherlock holmes = sherlock homes, shark lock holmes; sherlock
    """)

  /// The same name for several towns: what is meant depends on where one lives.
  static let sharedTowns = entries(
    """
    portland = port land, poor land | oregon, maine
    springfield = spring field, spring feel | illinois, missouri
    cambridge = came bridge, cane bridge | england, massachusetts
    birmingham = burning ham, birming ham | england, alabama
    richmond = rich man, rich mount | virginia, london
    columbus = column bus, colombus | ohio, georgia
    aurora = a roarer, or aura | colorado, illinois
    newport = new port, new sport | rhode island, wales
    """)

  static let towns = entries(
    """
    london = lundun, london d
    berlin = burlin, burling
    madrid = my dread, madrit
    austin = boston, awesome
    boston = austin, bus ton
    denver = then were, den for
    chicago = chick a go, shy cargo
    seattle = see attle, settle
    toronto = to ronto, toronto on
    houston = used in, euston
    dallas = dulles, palace
    phoenix = fee nicks, finnish
    oslo = also, oz low
    vienna = the enna, v and a
    dublin = doubling, double in
    nice = niece, nies
    rome = roam, room
    bern = burn, born
    cork = court, talk
    bath = path, bass
    reading = redding, leading
    sydney = sidney, sit knee
    tokyo = talk yo, toke yo
    kyoto = key oto, toyota
    """)

  static let devices = entries(
    """
    kitchen light = kitchen lights, chicken light; light
    bedroom light = bathroom light, bedroom lights; light
    bathroom light = bedroom light, bathroom lights; light
    hallway light = all way light, hallway lights; light
    living room lamp = living room lamb, leaving room lamp; lamp
    desk lamp = disk lamp, desk clamp; lamp
    garage light = garage lights, garbage light; light
    porch light = torch light, poor slight; light
    bedroom fan = bedroom van, bathroom fan; fan
    ceiling fan = sealing fan, ceiling van; fan
    coffee maker = copy maker, coffee make her; coffee
    space heater = space eater, pace heater; heater
    christmas tree = christmas three, chris mustery; tree
    garden lights = guard and lights, garden light
    office light = off his light, of his light; light
    nursery light = nurse relight, nursery lights; light
    basement light = basement lights, base meant light; light
    tv = tea v, t b
    """)

  static let durations = entries(
    """
    five minutes = nine minutes, five minute
    nine minutes = five minutes, nine minute
    ten minutes = tin minutes, ten minute
    thirteen minutes = thirty minutes, thirteen minute
    thirty minutes = thirteen minutes, dirty minutes
    fifteen minutes = fifty minutes, fifteen minute
    fifty minutes = fifteen minutes, fifty minute
    sixteen minutes = sixty minutes, sixteen minute
    sixty minutes = sixteen minutes, six teen minutes
    two minutes = to minutes, too minutes
    three minutes = free minutes, tree minutes
    twenty minutes = plenty minutes, twenty minute
    forty five minutes = forty nine minutes, four to five minutes
    one hour = one our, an hour
    two hours = two ours, to hours
    half an hour = half and hour, have an hour
    eight minutes = a minutes, eight minute
    twelve minutes = twelfth minutes, twelve minute
    """)

  static let clockTimes = entries(
    """
    six thirty = sixth thirty, six thirteen
    six fifteen = six fifty, sixth fifteen
    six fifty = six fifteen, six fifty a
    seven = eleven, heaven
    eleven = seven, a leaven
    five = nine, hive
    nine = five, nigh
    seven thirty = seven thirteen, eleven thirty
    eleven thirty = seven thirty, eleven thirteen
    eight = ate, a
    noon = moon, new
    quarter past six = quarter pass six, a quarter past six; six
    """)

  static let items = entries(
    """
    milk = mick, silk
    eggs = legs, x
    bread = red, bred
    butter = better, but a
    oat milk = old milk, goat milk; milk
    flour = flower, floor
    leeks = leaks, leagues
    thyme = time, tie
    mussels = muscles, muzzles
    bananas = bananas a, panamas
    batteries = but trees, battery
    paper towels = paper tolls, paper tiles; towels
    dish soap = dish soup, this soap; soap
    toothpaste = two paste, tooth paste
    dog food = dock food, dog foot; food
    cat litter = cat letter, cut litter
    coffee beans = coffee bins, copy beans; coffee
    olive oil = all of oil, olive oyl; oil
    peanut butter = pea not butter, peanut better; butter
    light bulbs = light bowls, lights bulbs; bulbs
    chocolate = choc late, chalk a lot
    basil = basel, bagel
    capers = papers, capes
    rice = ice, rise
    """)

  static let contacts = entries(
    """
    mom = tom, mum
    tom = mom, tim
    tim = tom, tin
    dad = dead, that
    grandma = grandpa, grand mar
    grandpa = grandma, grand par
    anna = hannah, and a
    hannah = anna, hand her
    ellen = helen, allen
    helen = ellen, hell in
    aaron = erin, air in
    erin = aaron, ear in
    the office = the off is, office
    the dentist = the dennis, a dentist
    the school = the skull, school
    the pharmacy = the farm a see, pharmacy
    """)

  static let teams = entries(
    """
    the lakers = the leakers, the fakers; lakers
    the jets = the nets, the gets; jets
    the nets = the jets, the mets; nets
    the mets = the nets, the maths; mets
    the bears = the bares, the pairs; bears
    the giants = the signs, the giant; giants
    the celtics = the kelp ticks, the seltics; celtics
    the saints = the science, the saint; saints
    arsenal = arse and all, our snow
    everton = ever ton, every ton
    juventus = you venture, dew ventus
    ajax = a jacks, i axe
    """)

  /// What a television says when the assistant wakes by mistake.
  static let television = [
    "and now back to the studio", "i told you it was him", "more after the break", "that's not what she said",
    "the suspect was last seen", "up next on channel four", "you have to believe me", "he shoots he scores",
  ]

  /// A phrase, what it is misheard as, how it is cut short, what tells it apart.
  struct Entry: Sendable {
    var phrase: String
    var misheard: [String]
    var short: String?
    var details: [String]
  }

  private static func entries(_ text: String) -> [Entry] {
    text.split(separator: "\n").map { line in
      let (front, details) = halves(String(line), "|")
      let (names, short) = halves(front, ";")
      let (phrase, misheard) = halves(names, "=")
      return Entry(
        phrase: phrase, misheard: list(misheard), short: short.isEmpty ? nil : short, details: list(details))
    }
  }

  private static func halves(_ text: String, _ mark: Character) -> (String, String) {
    let parts = text.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false).map {
      trimmed($0)
    }
    return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
  }

  private static func list(_ text: String) -> [String] { text.split(separator: ",").map { trimmed($0) } }

  private static func trimmed(_ text: Substring) -> String {
    let rest = text.drop { $0 == " " }
    let kept = rest.reversed().drop { $0 == " " }
    return String(kept.reversed())
  }
}
