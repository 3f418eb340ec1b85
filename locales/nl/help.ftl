help = Zo werkt het Oplossingscentrum
help-intro = Loopt een bestelling vast? In het Oplossingscentrum lossen klant en freelancer het samen op, zonder klantenservice. Jullie zien dezelfde pagina, dezelfde tijdlijn en dezelfde klok.
help-way = Ga naar je Bestelpagina en klik bij de bestelling op “Bekijken”. Op de pagina van de bestelling vind je het Oplossingscentrum, op een groot scherm rechts. Kies wat je wilt doen en klik op “Doorgaan”.
help-customer = Voor klanten
help-freelancer = Voor freelancers
help-both = Voor jullie allebei
help-update = Een update krijgen
help-update-customer = Hoor je te weinig? Vraag in het Oplossingscentrum om een update. De freelancer heeft { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} om die te geven. Krijg je geen update? Dan wordt het geschil automatisch gesloten en keert de bestelling terug naar de vorige status. Je kunt dan opnieuw vragen, of vragen om te annuleren.
help-cancel = Annuleren
help-cancel-customer = Kies een reden en leg uit waarom. De freelancer heeft { $hours } uur om te accepteren of af te wijzen. Antwoordt de freelancer niet met Accepteren of Afwijzen, dan wordt de bestelling automatisch geannuleerd. Je ziet dan “{ $status }”.
help-cancel-freelancer = Lukt de opdracht niet? Kies een reden en vraag je klant om te annuleren; uitleg helpt, en is nodig bij “{ $other }”. Je klant heeft { $hours } uur om te accepteren of af te wijzen. Antwoordt je klant niet met Accepteren of Afwijzen, dan wordt de bestelling automatisch geannuleerd. Je ziet dan “{ $status }”.
help-change = Meer tijd of extra werk
help-change-freelancer = Op de pagina van de bestelling vraag je een wijziging aan: 1 tot en met { $days } extra dagen, maximaal { $extras } extra’s met hun prijs, of allebei. Je klant heeft { $window ->
    [one] 1 dag
   *[other] { $window } dagen
} om te accepteren of af te wijzen. Komt er geen antwoord, dan wordt het verzoek automatisch ingetrokken en blijft alles zoals afgesproken.
help-change-customer = Vraagt de freelancer meer tijd of extra werk, dan heb je { $window ->
    [one] 1 dag
   *[other] { $window } dagen
} om te accepteren of af te wijzen. Doe je niets, dan blijft alles zoals afgesproken.
help-answer-update = Vraagt je klant om een update, dan heb je { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} om die te geven.
help-answer = Een vraag beantwoorden
help-answer-cancel = Vraagt de ander om te annuleren, dan heb je { $hours } uur. Antwoord je niet met Accepteren of Afwijzen, dan wordt de bestelling automatisch geannuleerd. Antwoord dus op tijd als je wilt doorgaan.
help-withdraw = Intrekken
help-withdraw-text = Wat je zelf hebt gevraagd, kun je intrekken zolang er geen antwoord is: op de pagina van de bestelling en in de lijst met openstaande geschillen.
help-limits = Grenzen
help-limits-text = Op één bestelling kan ieder van jullie { $an_hour } opmerkingen per uur plaatsen en { $a_dispute } bij één vraag, en binnen { $window } uur { $questions } keer iets vragen. Wie { $times } keer achter elkaar hetzelfde vroeg en steeds werd afgewezen, wacht { $pause } uur voor hetzelfde opnieuw kan. Antwoorden en intrekken kan altijd.
help-clock = De klok
help-clock-text = Een uur is een uur: ook ’s nachts, in het weekend en als de klok een uur verzet wordt. De klok van de levering loopt gewoon door terwijl jullie overleggen; alleen een geaccepteerde wijziging verschuift de leverdatum.
help-seen = Gezien
help-seen-text = Opent de ander je verzoek voor het eerst, dan zie je dat op de pagina van het verzoek, met het tijdstip. Jullie zien dat allebei. De tijd om te antwoorden verandert er niet door.
help-from-mail = Antwoorden vanuit je mail
help-from-mail-text = De link in de e-mail over een verzoek werkt alleen voor jou, tot je tijd om te antwoorden om is. Je kunt ermee lezen, een opmerking plaatsen, een update geven en afwijzen zonder in te loggen. Om te accepteren vragen we je wachtwoord.
help-delivered = Na de levering
help-delivered-text = Is er geleverd, dan keurt de klant het werk goed of vraagt een revisie. Gebeurt er { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} niets, dan wordt de bestelling automatisch voltooid.
help-private = Wie kan dit zien?
help-private-text = Alleen jullie tweeën. De klantenservice krijgt geen bericht van een geschil en kan het niet lezen. Zolang een verzoek openstaat, noemen we het een geschil.
help-closed = Is de bestelling afgesloten?
help-closed-text = Bij een voltooide of geannuleerde bestelling helpt het Oplossingscentrum niet meer. Neem dan contact op met de klantenservice.
help-table = Alles op een rij
help-column-what = Wat
help-column-who = Wie vraagt het
help-column-window = Tijd om te antwoorden
help-column-silence = Als er geen antwoord komt
help-who-customer = De klant
help-who-freelancer = De freelancer
help-who-both = De klant of de freelancer
help-silence-update = Het geschil wordt automatisch gesloten, de bestelling keert terug naar de vorige status
help-silence-cancellation = De bestelling wordt automatisch geannuleerd
help-silence-change = Het verzoek wordt automatisch ingetrokken, alles blijft zoals afgesproken
