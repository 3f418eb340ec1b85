sign-in-intro = Log in om je bestellingen te zien.
sign-in-needed = Log in om verder te gaan. Daarna kom je op de pagina die je wilde zien.
email = E-mailadres
password = Wachtwoord
sign-in-email-missing = Vul je e-mailadres in
sign-in-password-missing = Vul je wachtwoord in
sign-in-account-changed = Je account is intussen veranderd. Log nog een keer in.
sign-in-wrong = Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk ze na en probeer het opnieuw.
sign-in-too-many = Er is te vaak geprobeerd in te loggen. Wacht { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
} en probeer het dan opnieuw.
sign-in-too-many-or-link = Er is te vaak geprobeerd in te loggen. Wacht { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
} en probeer het dan opnieuw. Of laat je een link sturen waarmee je een nieuw wachtwoord kiest: dan ben je meteen ingelogd.

account = Account
account-who = Wie je bent
account-name = Naam
account-settings = Voorkeuren
language = Taal
time-zone = Tijdzone
time-zone-hint = Alle datums en tijden zie je in deze tijdzone.
time-zone-marketplace = Standaard ({ $zone })
time-zone-wrong = Kies een tijdzone uit de lijst
theme = Weergave
theme-device = Zoals mijn apparaat
theme-light = Licht
theme-dark = Donker
theme-wrong = Kies een weergave uit de lijst
language-wrong = Kies Nederlands of Engels
mail-choices = E-mails
mail-choices-hint = Als iemand je iets vraagt, of als een verzoek is afgehandeld, krijg je altijd een e-mail.
mail-comments = Stuur me een e-mail bij een opmerking
mail-reminders = Herinner me met een e-mail aan een verzoek of levering die op mij wacht
save = Opslaan
password-heading = Wachtwoord veranderen
current-password = Huidig wachtwoord
new-password = Nieuw wachtwoord
new-password-hint = Minstens { $least } tekens. Een zin is prima.
change-password = Wachtwoord veranderen
current-password-missing = Vul je huidige wachtwoord in
current-password-wrong = Dit is niet je huidige wachtwoord
new-password-too-short = Kies minstens { $least } tekens
new-password-too-long = Kies hoogstens { $most } tekens
new-password-guessable = Dit wachtwoord is te makkelijk te raden: veel mensen gebruiken het, of het lijkt op je naam, je e-mailadres of een woord van deze site. Kies een paar woorden die niet bij elkaar horen.
new-password-same = Kies een ander wachtwoord dan je huidige
devices-heading = Ingelogde apparaten
devices-intro = Op deze apparaten ben je ingelogd.
device-on = { $browser } op { $system }
device-unknown = Onbekend apparaat
device-here = Dit apparaat
device-since = Ingelogd op
device-seen = Laatst gebruikt: { $days ->
    [0] vandaag
    [1] gisteren
   *[other] { $days } dagen geleden
}
device-end = Apparaat uitloggen
device-numbered = apparaat { $number }: { $device }
devices-all = Toon ook { $more ->
    [one] 1 ander apparaat
   *[other] { $more } andere apparaten
}
devices-privacy = We bewaren welke browser en wat voor apparaat het is en wanneer je inlogde, niet waar je bent.
devices-doubt = Denk je dat iemand anders in je account kan? Log dan overal uit, ook hier, en kies daarna een nieuw wachtwoord.
sign-out-everywhere = Overal uitloggen

notifications = Meldingen
notifications-none = Er zijn nog geen meldingen. Zodra er iets gebeurt met een van je bestellingen, lees je het hier.
notifications-mark-read = Alles als gelezen markeren
notifications-badge-note = Het getal bij Openstaande geschillen telt de verzoeken die op jouw antwoord wachten. Het gaat omlaag als je antwoordt.

# Inloggen via de marktplaats. $marketplace is haar naam, of "de marktplaats".
the-marketplace = de marktplaats
sign-in-link = Ga verder als { $name }
sign-in-link-text = Je komt van { $marketplace }. Klopt het dat jij dit bent? Dan ben je met één klik ingelogd.
sign-in-link-instead = Je bent hier nu ingelogd als { $name }. Ga je verder, dan wissel je van account.
sign-in-link-button = Verder als { $name }
sign-in-link-not-you = Ben je dit niet? Sluit dan deze pagina. Er is niets gebeurd.
sign-in-link-gone = Deze link werkt niet meer
sign-in-link-gone-text = Zo’n link werkt maar één keer, en maar kort. Ga terug naar { $marketplace } en kies daar opnieuw de knop naar het Oplossingscentrum. Of log hier in.
hand-off-button = Inloggen via { $marketplace }
hand-off-or-password = Of log in met je wachtwoord:
hand-off-failed = Inloggen is niet gelukt
hand-off-refused = Je kwam terug van { $marketplace }, maar het antwoord was te oud, al gebruikt of voor een andere browser. Probeer het nog een keer, of log in met je wachtwoord.
hand-off-unknown = Je account bij { $marketplace } is hier nog niet bekend. Dat komt meestal vanzelf in orde. Probeer het later nog een keer, of log in met je wachtwoord.
hand-off-password = Inloggen met wachtwoord
hand-off-contact = Lukt het niet?
device-by-marketplace = Via de marktplaats
