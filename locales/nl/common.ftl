language-name = Nederlands
product = Oplossingscentrum
skip-to-content = Naar de inhoud

nav = Hoofdmenu
nav-orders = Bestellingen
nav-disputes = Openstaande geschillen
nav-notifications = Meldingen
nav-account = Account
nav-help = Zo werkt het
nav-waiting = { $count ->
    [one] 1 verzoek wacht op jouw antwoord
   *[other] { $count } verzoeken wachten op jouw antwoord
}
sign-out = Uitloggen
sign-in = Inloggen
switch-language = Read this page in English
footer-promise = Geschillen gaan naar de andere partij, niet naar de klantenservice.
footer-service = Klantenservice

go-on = Doorgaan
send = Versturen
back = Terug
view = Bekijken
optional = (optioneel)
error-prefix = Fout:
error-summary = Er klopt nog iets niet
next-page = Volgende pagina
previous-page = Vorige pagina
page-number = Pagina { $number }
first-page = Terug naar het begin
pages = Pagina’s
new-tag = nieuw

weekday = { $number ->
    [1] ma
    [2] di
    [3] wo
    [4] do
    [5] vr
    [6] za
   *[7] zo
}
month = { $number ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
}
month-short = { $number ->
    [1] jan
    [2] feb
    [3] mrt
    [4] apr
    [5] mei
    [6] jun
    [7] jul
    [8] aug
    [9] sep
    [10] okt
    [11] nov
   *[12] dec
}
format-date = { $weekday } { $day } { $month } { $year }
format-moment = { $date } om { $time } ({ $zone })
format-short-date = { $weekday } { $day } { $month }
format-clock = { $date } { $time }
remaining-days-hours = nog { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} en { $hours } uur
remaining-hours-minutes = nog { $hours } uur en { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
}
remaining-minutes = nog { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
}
remaining-days = nog { $days ->
    [one] 1 dag
   *[other] { $days } dagen
}
remaining-hours = nog { $hours } uur
remaining-none = minder dan een minuut
remaining-over = de tijd is om
days = { $count ->
    [one] 1 dag
   *[other] { $count } dagen
}
hours = { $count } uur
days-left = { $count ->
    [0] vandaag
    [one] nog 1 dag
   *[other] nog { $count } dagen
}
days-past = { $count ->
    [one] 1 dag geleden
   *[other] { $count } dagen geleden
}

party-customer = Klant
party-freelancer = Freelancer
party-system = Oplossingscentrum

status-active = Actief
status-delivered = Geleverd
status-in-revision = In revisie
status-in-dispute = In geschil
status-change-requested = Wijziging aangevraagd
status-completed = Voltooid
status-mutually-cancelled = Wederzijds geannuleerd
status-cancelled = Geannuleerd
late = Te laat

state-open = Open
state-answered = Beantwoord
state-accepted = Geaccepteerd
state-declined = Afgewezen
state-withdrawn = Ingetrokken
state-lapsed = Verlopen
state-overtaken = Achterhaald

kind-update = Update gevraagd
kind-cancellation = Annulering gevraagd
kind-change = Wijziging aangevraagd

reason-ordered-by-mistake = Per ongeluk of dubbel besteld
reason-no-longer-needed = Ik heb de opdracht niet meer nodig
reason-freelancer-unresponsive = De freelancer reageert niet
reason-too-late = De levering komt te laat
reason-not-as-agreed = Het werk is niet zoals afgesproken
reason-asked-by-freelancer = De freelancer vroeg mij te annuleren
reason-customer-unresponsive = De klant reageert niet of levert geen informatie
reason-out-of-scope = De klant vraagt meer dan is afgesproken
reason-asked-by-customer = De klant vroeg mij te annuleren
reason-cannot-deliver = Ik kan de opdracht niet (op tijd) uitvoeren
reason-personal = Persoonlijke omstandigheden
reason-other = Anders

# What the script fills in by itself gets its sentence from here, with {} for the number or the time.
script-remaining = nog { $time }
script-sending = Bezig met versturen…
script-count-left = Tekens over: { $count }
script-count-over = Tekens te veel: { $count }
password-show = Toon wachtwoord
password-hide = Verberg wachtwoord
news = Er is net iets gebeurd: { $event }
news-view = Bekijk de nieuwste stand
