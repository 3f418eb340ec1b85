calendar-heading = Agenda
calendar-intro = Zet je leverdatums en de verzoeken die op jou wachten in je eigen agenda, met een herinnering vooraf. Google en Outlook halen een agenda maar ongeveer één keer per dag op en geven geen herinnering: vertrouw daar op de e-mails.
calendar-address = Adres van je agenda
calendar-address-hint = Voeg dit adres in je agenda-app toe als abonnement. Houd het voor jezelf: wie het heeft, kan je agenda lezen.
calendar-open = Openen in je agenda-app
calendar-make = Agenda maken
calendar-renew = Nieuw adres maken
calendar-renew-hint = Heeft iemand anders het adres gezien? Maak dan een nieuw. Het oude werkt meteen niet meer, en je voegt de agenda opnieuw toe.
calendar-stop = Agenda uitzetten
calendar-too-many = Je hebt kort na elkaar vaak een nieuw adres laten maken. Wacht { $minutes ->
    [one] 1 minuut
   *[other] { $minutes } minuten
} en probeer het dan opnieuw.
done-calendar-made = Je agenda is gemaakt. Voeg het adres toe in je agenda-app.
done-calendar-renewed = Je agenda heeft een nieuw adres. Het oude werkt niet meer.
done-calendar-stopped = Je agenda staat uit. Het adres werkt niet meer.
calendar-update = { $name } wacht op je update over “{ $title }”
calendar-cancellation = { $name } wil “{ $title }” annuleren: ga je akkoord?
calendar-change = { $name } wacht op je antwoord: ga je akkoord met de wijziging van “{ $title }”?
calendar-delivery-customer = Leverdatum: { $name } levert “{ $title }” aan jou
calendar-delivery-freelancer = Leverdatum: jij levert “{ $title }” aan { $name }
calendar-delivery-day = De afgesproken leverdatum is { $date }, in de tijdzone { $zone }.
calendar-delivery-over = Deze levering staat niet meer open.
calendar-completion = Goedkeuren of revisie vragen: “{ $title }”
calendar-completion-moment = { $name } heeft geleverd. Doe je niets, dan wordt de bestelling op { $moment } automatisch voltooid.
calendar-completion-over = Deze levering wacht niet meer op jou.
calendar-hidden = Wie het adres heeft, kan je agenda lezen. Daarom tonen we het alleen als je laat zien dat jij het bent.
calendar-shown-until = Je ziet het adres hier tot { $time }.
calendar-show = Adres tonen
calendar-read = Laatst opgehaald: { $days ->
    [0] vandaag
    [1] gisteren
   *[other] { $days } dagen geleden
}
calendar-not-read = Nog niet opgehaald door een agenda-app
