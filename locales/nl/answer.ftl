# De link uit de e-mail over een verzoek.

answer-asked = { $name } vraagt je iets
answer-button-text = Met de knop zie je wat { $name } vraagt, en kun je antwoorden zonder in te loggen. { $name } ziet dan dat je het verzoek hebt geopend.
answer-open = Bekijk en antwoord
answer-signed-in = Je bent hier al ingelogd: ga naar het verzoek
answer-other-account = Je bent hier ingelogd als { $name }, en deze link hoort bij een ander account. Wat je via de link doet, telt voor dat account. Aan je eigen account verandert niets.
answer-over = Dit verzoek is voorbij
answer-over-text = Het verzoek van { $name } is al afgehandeld. Je hoeft niets meer te antwoorden.
answer-expired-text = De tijd om { $name } te antwoorden is om, en daarmee werkt deze link niet meer. Log in om te zien wat er nu geldt.
answer-to-question = Naar het verzoek
answer-open-over = Bekijk zonder in te loggen hoe het afliep
answer-gone = Deze link werkt niet meer
answer-gone-text = De link in een e-mail over een verzoek werkt zolang je kunt antwoorden. Hij houdt eerder op als je een nieuw wachtwoord kiest, overal uitlogt of een ander e-mailadres krijgt. Log in om het verzoek te zien en te antwoorden.
answer-rest = De rest van de bestelling zie je als je inlogt.
answer-code-intro = Voor je account staat inloggen in twee stappen aan. Vul de code in uit de app waarmee je inlogt, dan ga je verder.
answer-password-hint = Je logt hiermee niet in. Het is alleen om zeker te weten dat jij het bent.
answer-no-password = Om akkoord te gaan heb je een wachtwoord nodig, en je hebt er nog geen. Kies er eerst een; je gaat dan verder bij de bestelling.
mail-link-note = Deze link werkt alleen voor jou, tot { $moment }. Stuur hem aan niemand door: wie hem heeft, kan voor jou antwoorden.
