# What an e-mail says. Sentences about disputes come from disputes.ftl and timeline.ftl.

mail-greeting = Hello { $name },
mail-order = Order: { $title } ({ $reference })
mail-they-wrote = { $name } wrote:
mail-comments-gathered = { $name } added { $count } comments.
mail-you-wrote = You wrote:
mail-reminder = { $name } is still waiting for your answer.
mail-completion = { $name } has delivered and is waiting for your response: approve the work, or ask for a revision.
mail-completion-subject = Look at the delivery before { $moment }: { $title }
mail-reminder-subject-update = Answer before { $moment }: update? { $title }
mail-reminder-subject-cancellation = Answer before { $moment }: cancel? { $title }
mail-reminder-subject-change = Answer before { $moment }: change? { $title }
mail-subject-update = { $name } asks for an update
mail-subject-cancellation = { $name } wants to cancel
mail-subject-change = { $name } requests a change
mail-view-order = View the order
mail-link-spelled = Does the button not work? This is the address:
mail-footer = You get this e-mail because you are the customer or freelancer of this order. You cannot answer by e-mail, only on the page above.
mail-footer-optional = You get this e-mail because you are the customer or freelancer of this order. You cannot answer by e-mail, only on the page above. If you no longer want this kind of e-mail, turn it off on your Account page.

unsubscribe = Fewer e-mails
unsubscribe-comments = Do you no longer want an e-mail when somebody adds a comment? You still see them on the Notifications page.
unsubscribe-reminders = Do you no longer want to be reminded of requests and deliveries that are waiting for you? Please note: if you do not answer in time, an order may be cancelled automatically.
unsubscribe-button = Do not send me these e-mails any more
unsubscribe-done-comments = You no longer get e-mails about comments.
unsubscribe-done-reminders = You no longer get reminders.
unsubscribe-back-on = Changed your mind? You can switch them on again on the Account page.
unsubscribe-gone = This link no longer works
unsubscribe-gone-text = The link in an e-mail works for { $days } days. On the Account page you choose yourself which e-mails you get.

mail-password-new = Choose a new password
mail-password-first = Choose your password
mail-password-new-opening = You asked for a new password. With this link you choose one.
mail-password-first-opening = You have no password yet. With this link you choose one.
mail-password-button = Choose your password
mail-password-outcome = The link works once and is valid for { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}. Did you not ask for this? Then you do not have to do anything: nothing changes.
mail-password-footer = You get this e-mail because somebody asked for a password with this e-mail address. Give the link to nobody else.

mail-notice-password = Your password was changed
mail-notice-password-opening = A new password was chosen for your account. Other devices have been signed out. Sign in there with your new password.
mail-notice-factor-on = Two-step sign-in is on
mail-notice-factor-on-opening = Two-step sign-in is now on for your account: after your password we ask for a code from an app.
mail-notice-factor-off = Two-step sign-in is off
mail-notice-factor-off-opening = Two-step sign-in is now off for your account: your password is enough to sign in.
mail-notice-code-used = Somebody signed in with a recovery code
mail-notice-code-used-opening = Somebody signed in to your account with your password and one of your recovery codes. That code no longer works.
mail-notice-codes = You have new recovery codes
mail-notice-codes-opening = New recovery codes were made for your account. The old ones no longer work.
mail-notice-when = This happened on { $moment }.
mail-notice-outcome = Was this you? Then there is nothing to do. Was it not you? Choose a new password right away. Everyone who is signed in to your account now is then signed out.
mail-notice-button = Choose a new password
mail-notice-footer = You get this e-mail because something changed on your account. You always get such e-mails.
mail-test-subject = Test mail of the Resolution Center
mail-test-text = This is a test mail of the Resolution Center. If it arrives, the mail server works.
mail-welcome-subject = Welcome to the Resolution Center
mail-welcome-what = On { $host } customers and freelancers settle together what goes wrong with an order, and you have an account there.
mail-welcome-how = Choose a password with “Forgotten your password, or no password yet?” on the sign-in page to get in.
mail-welcome-button = Choose your password
mail-welcome-footer = You get this e-mail because you have an account on { $host }.
mail-fingerprint = Fingerprint of this order: { $code }
