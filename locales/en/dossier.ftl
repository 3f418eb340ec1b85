# The dossier of an order, for a person outside the site.

dossier = Dossier
dossier-link = Dossier to keep or print
dossier-intro = This is everything that was recorded about this order. You can print it, keep it, or give it to someone else, such as a disputes committee. Nobody can see that you opened or downloaded it.
dossier-download = Download the dossier (zip)
dossier-agreement = 1. The agreement
dossier-changes = What changed afterwards
dossier-no-changes = Nothing changed afterwards.
dossier-complaint = 2. The complaint
dossier-no-complaint = Nothing was asked.
dossier-question = Question { $number }
dossier-answer = 3. The answer
dossier-answer-to = To question { $number }
dossier-no-answer = There is no answer yet.
dossier-amounts = 4. Amounts
dossier-price-placed = Price when the order was placed
dossier-price-now = Price now
dossier-invoice = The invoice and the proof of payment come from the marketplace. They are not in here.
dossier-timeline = 5. Timeline
dossier-attachments = 6. Attachments
dossier-no-attachments = There are no attachments.
dossier-verify = 7. Checking
dossier-how = Compare the fingerprint with the one in the emails about this order. The zip file has a small program that checks whether the events and texts still belong to the fingerprint. Give it the fingerprint of an email, an older one too: then you know that nothing has changed since that email.
dossier-no-fingerprint = The fingerprint of this order is still being worked out. Look again in a minute.
