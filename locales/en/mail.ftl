# What an e-mail says. Sentences about disputes come from disputes.ftl and timeline.ftl.

mail-greeting = Hello { $name },
mail-order = Order: { $title } ({ $reference })
mail-they-wrote = { $name } wrote:
mail-you-wrote = You wrote:
mail-reminder = { $name } is still waiting for your answer.
mail-reminder-subject = Answer before { $moment }: { $title }
mail-view-order = View the order
mail-link-spelled = Does the button not work? This is the address:
mail-footer = You get this e-mail because this is your order. You cannot answer by e-mail, only on the page above.
mail-footer-optional = You get this e-mail because this is your order. You cannot answer by e-mail, only on the page above. If you no longer want this kind of e-mail, choose so on the Account page.

unsubscribe = Fewer e-mails
unsubscribe-comments = Do you no longer want an e-mail when somebody adds a comment? You still see them on the Notifications page.
unsubscribe-reminders = Do you no longer want to be reminded of questions that wait for you? Whoever does nothing lets the time decide.
unsubscribe-button = Do not send me these e-mails any more
unsubscribe-done-comments = You no longer get e-mails about comments.
unsubscribe-done-reminders = You no longer get reminders.
unsubscribe-back-on = Changed your mind? You can switch them on again on the Account page.

mail-password-new = Choose a new password
mail-password-first = Choose your password
mail-password-new-opening = You asked for a new password. With this link you choose one.
mail-password-first-opening = You have no password yet. With this link you choose one.
mail-password-button = Choose your password
mail-password-outcome = The link works once, and for { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}. Did you not ask for this? Then you do not have to do anything: nothing changes.
mail-password-footer = You get this e-mail because somebody asked for a password with this e-mail address. Give the link to nobody else.
