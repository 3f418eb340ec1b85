resolution-choose = Wat wil je doen?
resolution-choose-missing = Kies wat je wilt doen
action-update = Een update van een bestelling krijgen
action-update-hint = { $name } krijgt { $days ->
    [one] 1 dag
   *[other] { $days } dagen
} om je te vertellen hoe het ervoor staat.
action-cancellation-customer = Een bestelling annuleren
action-cancellation-freelancer = Vragen om de opdracht te annuleren
action-cancellation-hint = { $name } krijgt { $hours } uur om te antwoorden. Antwoordt { $name } niet met Accepteren of Afwijzen, dan wordt de bestelling automatisch geannuleerd.
resolution-change-elsewhere = Meer tijd nodig of extra werk? Dat vraag je aan op de pagina van de bestelling.

form-update = Ontvang een update van een bestelling
form-cancellation-customer = Vragen om de bestelling te annuleren
form-cancellation-freelancer = Vraag je klant om de bestelling te annuleren
form-update-happens = Je verzoek gaat meteen naar { $name }. Die heeft tot { $moment } om een update te geven. Krijg je geen update? Dan wordt het geschil automatisch gesloten en keert de bestelling terug naar de vorige status. Intrekken kan tot die tijd altijd.
form-cancellation-happens = Je verzoek gaat meteen naar { $name }. Die heeft tot { $moment } om te accepteren of af te wijzen. Antwoordt { $name } niet met Accepteren of Afwijzen, dan wordt de bestelling op dat moment automatisch geannuleerd. Intrekken kan tot die tijd altijd.
form-sent-now = Deze tijd geldt als je nu verstuurt.
reason = Reden
reason-hint = Kies wat het beste past. { $name } ziet deze reden.
reason-choose = Kies een reden
reason-missing = Kies een reden
comment = Opmerking
comment-hint-update = Schrijf wat je wilt weten. Dit wordt meteen naar { $name } gestuurd. Je kunt het later niet meer veranderen.
comment-hint-cancellation = Leg uit waarom je wilt annuleren. Dit wordt meteen naar { $name } gestuurd. Je kunt het later niet meer veranderen.
comment-hint-cancellation-freelancer = Een uitleg helpt. Bij de reden “Anders” is die nodig. Dit wordt meteen naar { $name } gestuurd. Je kunt het later niet meer veranderen.
comment-hint-change = Leg uit waarom de wijziging nodig is. Dit wordt meteen naar { $name } gestuurd. Je kunt het later niet meer veranderen.
comment-missing = Schrijf een opmerking
comment-missing-why = Leg uit waarom je wilt annuleren
comment-missing-other = Leg uit wat je met “Anders” bedoelt
comment-too-long = Houd het bij { $most } tekens; je hebt er nu { $count }

change-heading = Wijziging aanvragen
change-intro = Vraag { $name } om een latere leverdatum, om extra’s, of om allebei.
change-happens = Je verzoek gaat meteen naar { $name }. Die heeft tot { $moment } om te accepteren of af te wijzen. Antwoordt { $name } niet met Accepteren of Afwijzen, dan wordt het verzoek op dat moment automatisch ingetrokken en blijft alles zoals afgesproken. Intrekken kan tot die tijd altijd.
change-in-parts = Als je meer tijd én extra’s vraagt, kan { $name } ook alleen de datum of alleen de extra’s accepteren. Dat deel geldt dan meteen; de rest van je verzoek vervalt en je kunt het opnieuw vragen.
change-now = Nu afgesproken: leverdatum { $date }, prijs { $price }.
extra-days = Extra dagen
extra-days-hint = 1 tot en met { $most } dagen, geteld vanaf de afgesproken leverdatum
extra-days-wrong = Vul een heel getal van 1 tot en met { $most } in
extra-line = Extra { $number }
extra-title = Omschrijving
extra-price = Prijs
extra-price-hint = In euro’s, bijvoorbeeld 75 of 49,99
extra-more = Nog een extra toevoegen
extras-heading = Extra’s
extra-title-missing = Omschrijf extra { $number }
extra-title-too-long = Houd de omschrijving van extra { $number } bij { $most } tekens
extra-price-missing = Vul de prijs van extra { $number } in
extra-price-unreadable = Schrijf de prijs van extra { $number } als bijvoorbeeld 75 of 1040,25
extra-price-negative = De prijs van extra { $number } is minstens { $least }
extra-price-too-precise = Schrijf de prijs van extra { $number } met hoogstens twee cijfers achter de komma, en zonder punt voor duizendtallen
extra-price-too-high = De prijs van extra { $number } is hoogstens { $most }
extra-too-many = Vraag hoogstens { $most } extra’s tegelijk
change-empty = Vraag om extra dagen, om een extra, of om allebei
