//! A refused form comes back with status 422, with its entries, a summary that links to the fields, and a message at
//! each field.

use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::Status;

use crate::page::Form;
use crate::world::World;

const TOO_LONG: &str = "Houd het bij 2500 tekens; je hebt er nu 2501";

fn long() -> String {
    "é".repeat(2_501)
}

#[test]
fn the_menu_of_the_center_asks_to_choose() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let menu = customer.sees(&order.at("/resolution")).form(&order.at("/resolution"));
    menu.send(&customer).refuses(&[("action-update", "Kies wat je wilt doen")]);
    customer.get(&order.at("/resolution?action=nonsens")).refuses(&[("action-update", "Kies wat je wilt doen")]);
    customer.get(&order.at("/resolution?action=change")).refuses(&[("action-update", "Kies wat je wilt doen")]);
}

#[test]
fn an_update_needs_a_comment() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let form = customer.center_form(&order, "update");
    for nothing in ["", "   ", "\n\n\t"] {
        form.clone().fill("comment", nothing).send(&customer).refuses(&[("comment", "Schrijf een opmerking")]);
    }
    let page = form.clone().fill("comment", &long()).send(&customer);
    page.refuses(&[("comment", TOO_LONG)]);
    let back = page.form(&order.at("/disputes"));
    assert_eq!(back.value("comment"), long(), "what was typed is kept");
    assert_eq!(back.value("form_token"), form.value("form_token"), "it is still the same form");
    assert_eq!(world.row(&order).dispute_count, 0);
    customer.done(&back.fill("comment", &"é".repeat(2_500)));
    assert_eq!(world.row(&order).dispute_count, 1);
}

#[test]
fn a_customer_who_cancels_gives_a_reason_and_explains_it() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let form = customer.center_form(&order, "cancellation");
    let (reason, why) = (("reason", "Kies een reden"), ("comment", "Leg uit waarom je wilt annuleren"));
    form.send(&customer).refuses(&[reason, why]);
    let page = form.clone().choose("reason", "too_late").send(&customer);
    page.refuses(&[why]);
    assert_eq!(page.form(&order.at("/disputes")).value("reason"), "too_late");
    let page = form.clone().fill("comment", "Zomaar").send(&customer);
    page.refuses(&[reason]);
    assert_eq!(page.form(&order.at("/disputes")).value("comment"), "Zomaar");
    let sly = form.fill("comment", "Zomaar");
    for not_theirs in ["personal", "nonsens", "out_of_scope"] {
        sly.clone().forge("reason", not_theirs).send(&customer).refuses(&[reason]);
    }
    assert_eq!(world.row(&order).dispute_count, 0);
}

#[test]
fn a_freelancer_who_cancels_gives_a_reason_and_explains_only_another_one() {
    let world = World::new();
    let freelancer = world.freelancer();
    let order = world.order().active();
    let form = freelancer.center_form(&order, "cancellation");
    form.send(&freelancer).refuses(&[("reason", "Kies een reden")]);
    let page = form.clone().choose("reason", "other").send(&freelancer);
    page.refuses(&[("comment", "Leg uit wat je met “Anders” bedoelt")]);
    let page = form.clone().choose("reason", "personal").fill("comment", &long()).send(&freelancer);
    page.refuses(&[("comment", TOO_LONG)]);
    freelancer.done(&form.choose("reason", "personal"));
    assert_eq!(world.events(&order).pop().unwrap().text, None);
}

/// The messages of the form for a change.
fn refused(world: &World, fill: impl Fn(Form) -> Form, expected: &[(&str, &str)]) -> Form {
    let freelancer = world.freelancer();
    let order = world.order().active();
    let form = freelancer.sees(&order.at("/change")).form(&order.at("/changes"));
    let page = fill(form.fill("comment", "Meer werk.")).send(&freelancer);
    page.refuses(expected);
    assert_eq!((world.row(&order).dispute_count, world.row(&order).status), (0, Status::Active));
    page.form(&order.at("/changes"))
}

#[test]
fn a_change_asks_for_something_and_says_why() {
    let world = World::new();
    let empty = ("extra_days", "Vraag om extra dagen, om een extra, of om allebei");
    refused(&world, |form| form, &[empty]);
    refused(&world, |form| form.fill("comment", ""), &[empty, ("comment", "Schrijf een opmerking")]);
    refused(&world, |form| form.fill("extra_days", "3").fill("comment", " "), &[("comment", "Schrijf een opmerking")]);
    refused(&world, |form| form.fill("extra_days", "3").fill("comment", &long()), &[("comment", TOO_LONG)]);
}

#[test]
fn extra_days_are_a_whole_number_from_1_to_30() {
    let world = World::new();
    for typed in ["0", "31", "-1", "1,5", "drie", "256", "99999999999999999999"] {
        let wrong = ("extra_days", "Vul een heel getal van 1 tot en met 30 in");
        let back = refused(&world, |form| form.fill("extra_days", typed), &[wrong]);
        assert_eq!(back.value("extra_days"), typed);
    }
}

#[test]
fn every_line_of_extras_has_messages_of_its_own() {
    let world = World::new();
    let typed = [
        ("Een", "75"),
        ("", "10"),
        ("Drie", ""),
        ("Vier", "veertig"),
        ("Vijf", "0"),
        ("Zes", "1,005"),
        ("", ""),
        ("Acht", "1000000,01"),
        ("Negen", "-3"),
        ("x", "x"),
    ];
    let title = "a".repeat(101);
    let fill = |mut form: Form| {
        for (at, (title, price)) in typed.iter().enumerate() {
            form = form.fill_nth("extra_title[]", at, title).fill_nth("extra_price[]", at, price);
        }
        form.fill_nth("extra_title[]", 9, &title)
    };
    let expected = [
        ("extra-title-2", "Omschrijf extra 2"),
        ("extra-price-3", "Vul de prijs van extra 3 in"),
        ("extra-price-4", "Schrijf de prijs van extra 4 als bijvoorbeeld 75 of 1040,25"),
        ("extra-price-5", "De prijs van extra 5 is minstens € 0,01"),
        (
            "extra-price-6",
            "Schrijf de prijs van extra 6 met hoogstens twee cijfers achter de komma, en zonder punt voor duizendtallen",
        ),
        ("extra-price-8", "De prijs van extra 8 is hoogstens € 1.000.000,00"),
        ("extra-price-9", "De prijs van extra 9 is minstens € 0,01"),
        ("extra-title-10", "Houd de omschrijving van extra 10 bij 100 tekens"),
        ("extra-price-10", "Schrijf de prijs van extra 10 als bijvoorbeeld 75 of 1040,25"),
    ];
    let back = refused(&world, fill, &expected);
    let kept: Vec<_> = back.values("extra_price[]").into_iter().zip(typed).collect();
    assert!(kept.iter().all(|(kept, (_, typed))| kept == typed), "{kept:?}");
    assert_eq!(back.values("extra_title[]")[9], title);
}

#[test]
fn eleven_extras_are_too_many() {
    let world = World::new();
    let freelancer = world.freelancer();
    let order = world.order().active();
    let mut form = freelancer.change_form(&order, 3, &[], "Veel werk.");
    form.fields.retain(|(name, _)| !name.starts_with("extra_title") && !name.starts_with("extra_price"));
    let line = [("extra_title[]", "Iets"), ("extra_price[]", "1")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    (0..11).for_each(|_| form.fields.extend(line.clone()));
    form.send(&freelancer).refuses(&[("extra-title-10", "Vraag hoogstens 10 extra’s tegelijk")]);
    assert_eq!(world.row(&order).dispute_count, 0);
}

#[test]
fn what_is_written_while_it_is_open_is_at_most_2500_characters() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let comment = customer.comment_form(&order);
    comment.clone().send(&customer).refuses(&[("comment", "Schrijf een opmerking")]);
    let page = comment.fill("comment", &long()).send(&customer);
    page.refuses(&[("comment", TOO_LONG)]);
    assert_eq!(page.form(&order.at("/disputes/1/comments")).value("comment"), long());
    let page = freelancer.comment_form(&order).fill("comment", &long()).send(&freelancer);
    assert_eq!(page.form(&order.at("/disputes/1/update")).value("comment"), long(), "it goes with every button");
    let update = freelancer.update_form(&order);
    update.clone().send(&freelancer).refuses(&[("comment", "Schrijf een opmerking")]);
    update.fill("comment", &long()).send(&freelancer).refuses(&[("comment", TOO_LONG)]);
    assert!(world.dispute(&order, 1).is_open() && world.events(&order).len() == 2);
}

#[test]
fn a_decline_may_be_without_words_but_not_with_too_many() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let page = freelancer.decline_form(&order).fill("comment", &long()).send(&freelancer);
    page.refuses(&[("comment", TOO_LONG)]);
    assert!(world.dispute(&order, 1).is_open());
    freelancer.declines(&order, "");
}

#[test]
fn a_revision_needs_words() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().delivered();
    let form = customer.sees(&order.path).form(&order.at("/revision"));
    form.send(&customer).refuses(&[("revision-comment", "Schrijf een opmerking")]);
    form.fill("comment", &long()).send(&customer).refuses(&[("revision-comment", TOO_LONG)]);
    assert_eq!(world.row(&order).status, Status::Delivered);
}

#[test]
fn signing_in_says_what_is_missing_and_never_which_of_the_two_is_wrong() {
    let world = World::new();
    let visitor = world.visitor();
    let form = visitor.sees("/sign-in?next=%2Fdisputes").form("/sign-in");
    let (email, password) = (("email", "Vul je e-mailadres in"), ("password", "Vul je wachtwoord in"));
    form.send(&visitor).refuses(&[email, password]);
    form.clone().fill("password", "x").send(&visitor).refuses(&[email]);
    let page = form.clone().fill("email", "klant@example.com").send(&visitor);
    page.refuses(&[password]);
    let page = form.fill("email", "klant@example.com").fill("password", "geheim geheim").send(&visitor);
    page.refuses(&[(
        "password",
        "Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk ze na en probeer het opnieuw.",
    )]);
    let back = page.form("/sign-in");
    assert_eq!((back.value("email"), back.value("password")), ("klant@example.com", ""), "no password is given back");
    assert_eq!(back.value("next"), "/disputes", "and the way to go on is kept");
    assert!(!page.html.contains("geheim"));
}

#[test]
fn the_account_page_refuses_what_is_not_on_its_lists() {
    let world = World::new();
    let customer = world.customer();
    let form = customer.sees("/account").form("/account");
    form.clone()
        .forge("time_zone", "Mars/Olympus")
        .send(&customer)
        .refuses(&[("time_zone", "Kies een tijdzone uit de lijst")]);
    form.forge("language", "de").send(&customer).refuses(&[("language", "Kies Nederlands of Engels")]);
    let written = world.written(&customer).preferences;
    assert_eq!((written.language, written.time_zone), (None, None));
}

#[test]
fn a_new_password_is_long_enough_and_the_old_one_is_known() {
    let world = World::new();
    let customer = world.customer();
    let form = customer.sees("/account").form("/account/password");
    let current = ("current_password", "Dit is niet je huidige wachtwoord");
    let filled =
        |old: &str, new: &str| form.clone().fill("current_password", old).fill("new_password", new).send(&customer);
    let right = crate::world::PASSWORD;
    filled(right, "te kort").refuses(&[("new_password", "Kies minstens 10 tekens")]);
    filled(right, &"a".repeat(129)).refuses(&[("new_password", "Kies hoogstens 128 tekens")]);
    filled(right, right).refuses(&[("new_password", "Kies een ander wachtwoord dan je huidige")]);
    filled("dit was het niet", "lang genoeg nu").refuses(&[current]);
    let missing = ("current_password", "Vul je huidige wachtwoord in");
    filled("", "").refuses(&[("new_password", "Kies minstens 10 tekens"), missing]);
    customer.elsewhere().signs_in(right).must(303);
}

#[test]
fn messages_are_in_the_language_of_the_reader() {
    let world = World::new();
    let customer = world.customer();
    customer.switches_language();
    let order = world.order().active();
    let form = customer.center_form(&order, "cancellation");
    form.send(&customer).refuses(&[("reason", "Choose a reason"), ("comment", "Explain why you want to cancel")]);
}

#[test]
fn line_breaks_are_kept_and_markup_is_only_text() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Logo <b>groot</b> & \"mooi\"").active();
    let typed = "Eerste regel\nTweede <script>alert('x')</script>\n\n<img src=x onerror=alert(1)> & 'klaar' {{ 7*7 }}";
    customer.asks_for_update(&order, &format!("  {typed}\n "));
    assert_eq!(world.events(&order).pop().unwrap().text.unwrap().as_str(), typed, "trimmed, with its line breaks");
    for (person, address) in
        [(&customer, order.dispute(1)), (&freelancer, order.dispute(1)), (&freelancer, order.path.clone())]
    {
        let page = person.sees(&address);
        for markup in ["<script>alert", "<img src=x", "<b>groot"] {
            assert!(!page.html.contains(markup), "{address}: {markup}");
        }
        let document = page.document();
        let said = document.select("blockquote").iter().any(|quote| quote.text().trim_matches('\n') == typed);
        assert!(said, "{address}: {}", page.main());
    }
    let list = freelancer.sees("/orders");
    assert!(!list.html.contains("<b>groot") && list.has("Logo <b>groot</b> & \"mooi\""), "{}", list.main());
    assert!(!freelancer.sees("/notifications").html.contains("<b>groot"));
}

#[test]
fn a_text_is_taken_as_people_paste_it() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let pasted = "cafe\u{301}\u{202E} om\0keren\u{2028}en een \u{2764}\u{FE0F}";
    customer.done(&customer.center_form(&order, "update").fill("comment", pasted));
    assert_eq!(
        world.events(&order).pop().unwrap().text.unwrap().as_str(),
        "caf\u{e9} omkeren\nen een \u{2764}\u{FE0F}"
    );
}

#[test]
fn a_form_over_the_limit_is_too_large() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let page = customer.center_form(&order, "update").fill("comment", &"x".repeat(200_000)).send(&customer);
    assert_eq!((page.status, page.h1().as_str()), (413, &*Nl.words().error_too_large()));
    assert_eq!(world.row(&order).dispute_count, 0);
}
