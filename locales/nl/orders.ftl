orders = Bestellingen
orders-title-filter = Bestellingen: { $filter }
orders-title-search = Bestellingen met “{ $search }”
orders-filter = Toon
orders-filter-all = Alle
orders-filter-open = Lopend
orders-filter-waiting = Wacht op jou
orders-filter-closed = Afgesloten
orders-role = Mijn rol
orders-role-any = Beide rollen
orders-role-customer = Als klant
orders-role-freelancer = Als freelancer
orders-search = Zoeken
orders-search-hint = Titel, bestelnummer of naam
orders-apply = Zoek
orders-none = Je hebt nog geen bestellingen. Zodra je iets bestelt of een opdracht krijgt, staat die hier.
orders-none-found = Geen bestelling past bij wat je zoekt.
orders-show-all = Toon alle bestellingen
orders-found = Gevonden bestellingen
orders-to-look-at = Bekijk wat geleverd is
orders-running = Loopt
orders-completes = Automatisch voltooid op { $moment }
orders-ask-update = Om een update vragen
orders-ask-cancellation = Vragen om te annuleren
orders-waiting = { $count ->
    [one] 1 verzoek wacht op jouw antwoord.
   *[other] { $count } verzoeken wachten op jouw antwoord.
}
column-delivery = Leverdatum
column-price = Prijs
with-customer = Klant: { $name }
with-freelancer = Freelancer: { $name }
respond-before = Antwoord vóór { $moment }
other-responds-before = { $name } kan antwoorden tot { $moment }

order-about = Over deze bestelling
order-reference = Bestelnummer
order-price = Prijs
order-placed = Besteld
order-you = { $name } (jij)
order-extras = Afgesproken extra’s
order-next = Wat gebeurt er nu?
order-next-active-customer = { $name } werkt aan je bestelling. De leverdatum is { $date }.
order-next-active-freelancer = Je werkt aan deze bestelling. De leverdatum is { $date }.
order-next-late-customer = De leverdatum was { $date }. Vraag { $name } in het Oplossingscentrum om een update. Of vraag daar om te annuleren.
order-next-late-freelancer = De leverdatum was { $date }. Lever het werk op, of vraag { $name } om meer tijd.
silence-update = { $name } gaf geen update vóór { $moment }.
silence-update-own = Je gaf geen update vóór { $moment }. Je kunt nog steeds laten weten hoe het ervoor staat: vraag een wijziging aan of lever het werk op.
silence-change = { $name } heeft niet geantwoord op je verzoek vóór { $moment }.
silence-change-own = Je hebt niet geantwoord op het verzoek vóór { $moment }. Alles bleef zoals afgesproken.
order-next-delivered-customer = { $name } heeft geleverd. Keur het werk goed of vraag een revisie. Doe je niets, dan wordt de bestelling op { $moment } automatisch voltooid.
order-next-delivered-freelancer = Je hebt geleverd. { $name } kan het werk goedkeuren of een revisie vragen. Gebeurt er niets, dan wordt de bestelling op { $moment } automatisch voltooid.
order-next-unannounced-customer = { $name } heeft geleverd. Keur het werk goed of vraag een revisie. De { $days } dagen om te reageren beginnen als je deze pagina opent.
order-next-unannounced-freelancer = Je hebt geleverd. { $name } weet misschien nog niet dat de bestelling hier staat. De { $days } dagen om te reageren beginnen zodra { $name } onze welkomstmail heeft gekregen of deze bestelling opent; tot die tijd wordt ze niet vanzelf voltooid.
order-description = Wat er is besteld
order-at-marketplace = Bekijk deze bestelling op de marktplaats
order-next-completed = Deze bestelling is voltooid.
order-next-cancelled = De klantenservice heeft deze bestelling geannuleerd.
order-next-cancelled-both = { $who ->
    [you] Je vroeg op { $asked } om te annuleren en { $name } ging op { $at } akkoord.
   *[other] { $name } vroeg op { $asked } om te annuleren en jij ging op { $at } akkoord.
}
order-next-cancelled-silence = { $who ->
    [you] Je vroeg om te annuleren op { $asked }. Binnen { $hours } uur kwam er geen antwoord. Daarom is de bestelling op { $at } automatisch geannuleerd.
   *[other] { $name } vroeg om te annuleren op { $asked }. Binnen { $hours } uur kwam er geen antwoord. Daarom is de bestelling op { $at } automatisch geannuleerd.
}
order-next-cancelled-imported = Deze bestelling is wederzijds geannuleerd.
deliver = Opleveren
deliver-outcome = { $name } heeft daarna { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} om het werk goed te keuren of een revisie te vragen. Gebeurt er niets, dan wordt de bestelling op { $moment } automatisch voltooid. Deze tijd geldt als je nu oplevert.
approve = Goedkeuren
approve-outcome = De bestelling is dan meteen voltooid. Dit kun je niet terugdraaien.
deliver-hint = Wat heb je gemaakt, en waar staat het? { $name } krijgt dit meteen.
request-revision = Revisie vragen
request-revision-hint = Schrijf wat er anders moet. { $name } krijgt dit meteen.
request-change = Wijziging aanvragen
request-change-hint = Meer tijd nodig, of extra werk? Vraag { $name } om akkoord.

center = Oplossingscentrum
center-intro = Loopt het niet zoals afgesproken? Los het hier samen op met { $name }.
reach-unmailed = We konden { $name } niet mailen. { $name } ziet je verzoek alleen hier op de site; laat het zo nodig ook op een andere manier weten.
reach-never-signed-in = { $name } heeft hier nog nooit ingelogd.
center-open-own = Je wacht op { $name }.
center-open-theirs = { $name } wacht op jou.
center-open-view = Bekijk het verzoek
center-open-answer = Beantwoord het verzoek
center-closed = Deze bestelling is afgesloten. Heb je nog een vraag? Neem contact op met de klantenservice.
center-closed-completed = Deze bestelling is afgesloten. Wil je haar toch annuleren, of heb je een vraag? Neem contact op met de klantenservice.
center-closed-link = Neem contact op met de klantenservice

# De vingerafdruk: een code over alles wat er op een bestelling is gebeurd.
fingerprint = Vingerafdruk: { $code }
fingerprint-what = Deze code hoort bij alles wat er tot nu toe op deze bestelling is gebeurd. Verandert iemand later iets in wat al was vastgelegd, dan klopt de code niet meer. De code staat ook in elke mail over deze bestelling, bij jou en bij { $other }. Bewaar die mails: daarmee kun je laten zien dat er niets is veranderd.
fingerprint-not = De code zegt niet wie er gelijk heeft, en ook niet of het klopt wat iemand schreef. Ze gaat over wat er gebeurde, niet over de omschrijving van de bestelling en ook niet over wanneer een mail is verstuurd of een vraag is geopend.
fingerprint-since = De code staat in mails sinds { $date }.
deliver-at-marketplace = Opleveren doe je bij { $marketplace }.
review-at-marketplace = Goedkeuren of een revisie vragen doe je bij { $marketplace }.
