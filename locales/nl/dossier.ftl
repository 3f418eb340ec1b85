# Het dossier van een bestelling, voor iemand buiten de site.

dossier = Dossier
dossier-link = Dossier om te bewaren of af te drukken
dossier-intro = Hier staat alles wat over deze bestelling is vastgelegd. Je kunt het afdrukken, bewaren of aan iemand anders geven, bijvoorbeeld aan De Geschillencommissie. Niemand ziet dat je dit hebt geopend of opgehaald.
dossier-download = Haal het dossier op (zip)
dossier-agreement = 1. De overeenkomst
dossier-changes = Wat daarna is gewijzigd
dossier-no-changes = Er is daarna niets gewijzigd.
dossier-complaint = 2. De klacht
dossier-no-complaint = Er is niets gevraagd.
dossier-question = Vraag { $number }
dossier-answer = 3. Het antwoord
dossier-answer-to = Op vraag { $number }
dossier-no-answer = Er is nog geen antwoord.
dossier-amounts = 4. Bedragen
dossier-price-placed = Prijs toen de bestelling werd geplaatst
dossier-price-now = Prijs nu
dossier-invoice = De factuur en het betaalbewijs krijg je van de marktplaats. Die zitten hier niet bij.
dossier-timeline = 5. Tijdlijn
dossier-attachments = 6. Bijlagen
dossier-no-attachments = Er zijn geen bijlagen.
dossier-verify = 7. Controleren
dossier-how = Vergelijk de vingerafdruk met die in de mails over deze bestelling. In het zip-bestand zit een klein programma dat nagaat of de gebeurtenissen en teksten nog bij de vingerafdruk horen. Geef het de vingerafdruk uit een mail, ook uit een oudere: dan weet je dat er sinds die mail niets is veranderd.
dossier-no-fingerprint = De vingerafdruk van deze bestelling wordt nog berekend. Kijk over een minuut nog eens.
