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
} om te accepteren of af te wijzen. Als er geen antwoord komt, wordt het verzoek automatisch ingetrokken en blijft alles zoals afgesproken.
help-change-customer = Als de freelancer meer tijd of extra werk vraagt, heb je { $window ->
    [one] 1 dag
   *[other] { $window } dagen
} om te accepteren of af te wijzen. Doe je niets, dan blijft alles zoals afgesproken.
help-answer-update = Als je klant om een update vraagt, heb je { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} om die te geven.
help-answer = Een verzoek beantwoorden
help-answer-cancel = Als de ander vraagt om te annuleren, heb je { $hours } uur. Antwoord je niet met Accepteren of Afwijzen, dan wordt de bestelling automatisch geannuleerd. Antwoord dus op tijd als je wilt doorgaan.
help-withdraw = Intrekken
help-withdraw-text = Wat je zelf hebt gevraagd, kun je intrekken zolang er geen antwoord is: op de pagina van de bestelling en in de lijst met openstaande geschillen.
help-limits = Grenzen
help-limits-text = Op één bestelling kan ieder van jullie { $an_hour } opmerkingen per uur plaatsen en { $a_dispute } bij één verzoek, en binnen { $window } uur { $questions } keer iets vragen. Wie { $times } keer achter elkaar hetzelfde vroeg en steeds werd afgewezen, wacht { $pause } uur voor hetzelfde opnieuw kan. Antwoorden en intrekken kan altijd.
help-clock = De klok
help-clock-text = Een uur is een uur: ook ’s nachts, in het weekend en als de klok een uur verzet wordt. De klok van de levering loopt gewoon door terwijl jullie overleggen; alleen een geaccepteerde wijziging verschuift de leverdatum.
help-seen = Gezien
help-from-mail = Antwoorden vanuit je mail
help-from-mail-text = De link in de e-mail over een verzoek werkt alleen voor jou, tot je tijd om te antwoorden om is. Je kunt ermee lezen, een opmerking plaatsen, een update geven en afwijzen zonder in te loggen. Om te accepteren vragen we je wachtwoord.
help-seen-text = Als de ander je verzoek voor het eerst opent, zie je dat op de pagina van het verzoek, met het tijdstip. Jullie zien dat allebei. De tijd om te antwoorden verandert er niet door.
help-delivered = Na de levering
help-delivered-text = Na de levering keurt de klant het werk goed of vraagt een revisie. Als er { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} niets gebeurt, wordt de bestelling automatisch voltooid.
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

# De pagina over annuleren.
cancelling = Annuleringen
cancelling-link = Lees wat annuleren betekent
cancelling-intro = Annuleren doen jullie samen. De een vraagt het, de ander heeft { $hours } uur om te antwoorden. Geen antwoord is ook een antwoord: dan wordt de bestelling automatisch geannuleerd.
cancelling-ask = Zo vraag je het
cancelling-ask-customer = Ben je de klant? Kies dan een reden en leg uit waarom. De freelancer krijgt beide meteen.
cancelling-ask-freelancer = Ben je de freelancer? Kies dan een reden. Uitleg helpt, en is nodig bij “{ $other }”.
cancelling-answers = Wat er daarna kan gebeuren
cancelling-accepted = De ander accepteert: de bestelling is meteen geannuleerd. Dat kan niemand terugdraaien. Bij de bestelling staat dan “{ $status }”.
cancelling-declined = De ander wijst af: de bestelling gaat verder zoals ze was. Wie { $times } keer achter elkaar wordt afgewezen, kan het { $pause } uur later opnieuw vragen.
cancelling-silent = De ander antwoordt niet binnen { $hours } uur met Accepteren of Afwijzen: de bestelling wordt automatisch geannuleerd. Ook dan staat er “{ $status }”, en erbij staat dat er geen antwoord kwam.
cancelling-withdrawn = Je trekt je verzoek in: de bestelling gaat verder. Dat kan zolang er geen antwoord is.
cancelling-comment = Een opmerking is geen antwoord: de tijd loopt door. Wie wil doorgaan, kiest dus op tijd Afwijzen.
cancelling-instead = Hoeft het niet meteen?
cancelling-instead-customer = Hoor je te weinig? Vraag dan eerst om een update.
cancelling-instead-freelancer = Heb je meer tijd nodig, of is er extra werk? Vraag dan een wijziging aan.
cancelling-closed = Een voltooide bestelling kun je hier niet meer annuleren. Neem daarvoor contact op met de klantenservice.
