//! The tables, as Diesel sees them in both databases.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    accounts (id) {
        id -> BigInt,
        external_id -> Nullable<Text>,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        language -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        theme -> Nullable<Text>,
        created_at -> Timestamp,
        mail_comments -> Bool,
        mail_reminders -> Bool,
        epoch -> BigInt,
        suspended_at -> Nullable<Timestamp>,
        first_signed_in_at -> Nullable<Timestamp>,
        all_read_at -> Nullable<Timestamp>,
        received_email -> Nullable<Text>,
        received_name -> Nullable<Text>,
        welcomed_at -> Nullable<Timestamp>,
        erased_at -> Nullable<Timestamp>,
    }
}

table! {
    orders (reference) {
        reference -> Text,
        external_id -> Nullable<Text>,
        title -> Text,
        customer_id -> BigInt,
        freelancer_id -> BigInt,
        placed_at -> Timestamp,
        price_cents -> BigInt,
        currency -> Text,
        delivery_date -> Date,
        status -> Text,
        completes_at -> Nullable<Timestamp>,
        settles_at -> Nullable<Timestamp>,
        disputes -> Integer,
        events -> Integer,
        relayed -> Integer,
        read_by_customer -> Integer,
        read_by_freelancer -> Integer,
        remind_at -> Nullable<Timestamp>,
        unannounced_since -> Nullable<Timestamp>,
        hashed -> Integer,
        fingerprint_since -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        words_erased_at -> Nullable<Timestamp>,
    }
}

table! {
    received_orders (order_reference) {
        order_reference -> Text,
        title -> Text,
        price_cents -> BigInt,
        placed_at -> Timestamp,
        delivery_date -> Date,
        status -> Text,
    }
}

table! {
    disputes (order_reference, number) {
        order_reference -> Text,
        number -> Integer,
        kind -> Text,
        opener -> Text,
        opener_id -> BigInt,
        respondent_id -> BigInt,
        opened_at -> Timestamp,
        respond_by -> Timestamp,
        previous_status -> Text,
        reason -> Nullable<Text>,
        extra_days -> Nullable<Integer>,
        extras -> Nullable<Text>,
        old_delivery_date -> Date,
        old_price_cents -> BigInt,
        state -> Text,
        closed_at -> Nullable<Timestamp>,
        form_token -> Text,
        remind_at -> Nullable<Timestamp>,
        seen_at -> Nullable<Timestamp>,
        accepted_part -> Nullable<Text>,
        reminded_at -> Nullable<Timestamp>,
        mailed_at -> Nullable<Timestamp>,
    }
}

table! {
    events (order_reference, number) {
        order_reference -> Text,
        number -> Integer,
        at -> Timestamp,
        actor -> Text,
        what -> Text,
        dispute_number -> Nullable<Integer>,
        recorded_at -> Nullable<Timestamp>,
        told_customer_id -> Nullable<BigInt>,
        told_freelancer_id -> Nullable<BigInt>,
        value_before -> Nullable<Text>,
        value_after -> Nullable<Text>,
    }
}

table! {
    event_texts (order_reference, number) {
        order_reference -> Text,
        number -> Integer,
        hash -> Text,
        titles_hash -> Nullable<Text>,
        salt -> Nullable<Text>,
        text -> Nullable<Text>,
        erased_at -> Nullable<Timestamp>,
    }
}

table! {
    event_hashes (order_reference, number) {
        order_reference -> Text,
        number -> Integer,
        hash -> Text,
    }
}

table! {
    outbox (order_reference, key, account_id) {
        order_reference -> Text,
        key -> Text,
        account_id -> BigInt,
        what -> Text,
        event_number -> Nullable<Integer>,
        dispute_number -> Nullable<Integer>,
        due_at -> Timestamp,
        created_at -> Timestamp,
        next_try_at -> Timestamp,
        tries -> Integer,
        claimed_until -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        failed_at -> Nullable<Timestamp>,
        failure -> Nullable<Text>,
        priority -> Integer,
        last_event_number -> Nullable<Integer>,
        address -> Nullable<Text>,
        dismissed_at -> Nullable<Timestamp>,
    }
}

table! {
    sessions (key_hash) {
        key_hash -> Text,
        account_id -> BigInt,
        asks_code -> Bool,
        csrf_token -> Text,
        recovery_codes -> Nullable<Text>,
        calendar_shown_until -> Nullable<Timestamp>,
        browser -> Nullable<Text>,
        system -> Nullable<Text>,
        signed_in_at -> Timestamp,
        seen_at -> Timestamp,
        expires_at -> Timestamp,
        by_link -> Bool,
        by_marketplace -> Bool,
    }
}

table! {
    second_factors (account_id) {
        account_id -> BigInt,
        hidden_secret -> Text,
        since -> Timestamp,
        last_step -> BigInt,
    }
}

table! {
    recovery_codes (account_id, number) {
        account_id -> BigInt,
        number -> Integer,
        code_hash -> Text,
    }
}

table! {
    account_generations (account_id) {
        account_id -> BigInt,
        devices -> BigInt,
        passwords -> BigInt,
        limits -> BigInt,
    }
}

table! {
    sign_in_failures (id) {
        id -> BigInt,
        who_hash -> Text,
        at -> Timestamp,
        about_hash -> Nullable<Text>,
    }
}

table! {
    calendars (account_id) {
        account_id -> BigInt,
        id -> Text,
        read_at -> Nullable<Timestamp>,
    }
}

table! {
    account_events (account_id, id) {
        account_id -> BigInt,
        id -> BigInt,
        at -> Timestamp,
        kind -> Text,
        actor -> Text,
        browser -> Nullable<Text>,
        system -> Nullable<Text>,
    }
}

table! {
    password_links (id) {
        id -> Text,
        account_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

table! {
    sign_in_links (id) {
        id -> Text,
        account_id -> Nullable<BigInt>,
        next -> Text,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

table! {
    signing_keys (public_key) {
        public_key -> Text,
        name -> Text,
        hidden_secret -> Text,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

table! {
    kept_words (account_id, page) {
        account_id -> BigInt,
        page -> Text,
        hidden -> Text,
        kept_at -> Timestamp,
    }
}

table! {
    api_keys (id) {
        id -> Text,
        name -> Text,
        secret_hash -> Text,
        scopes -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        used_at -> Nullable<Timestamp>,
    }
}

table! {
    servers (id) {
        id -> Text,
        version -> Text,
        key_fingerprint -> Text,
        seen_at -> Timestamp,
    }
}

table! {
    order_descriptions (order_reference) {
        order_reference -> Text,
        description -> Nullable<Text>,
        url -> Nullable<Text>,
    }
}

table! {
    feed (position) {
        position -> BigInt,
        order_reference -> Text,
        event_number -> Integer,
        kind -> Text,
        occurred_at -> Timestamp,
        recorded_at -> Timestamp,
    }
}

table! {
    feed_sequence (id) {
        id -> Integer,
        position -> BigInt,
        forgotten -> BigInt,
        seed -> Text,
    }
}

table! {
    erased_ids (hash) {
        hash -> Text,
        salt -> Text,
        account_id -> BigInt,
        erased_at -> Timestamp,
    }
}

table! {
    holds (name) {
        name -> Text,
        since -> Timestamp,
    }
}

table! {
    webhook_endpoints (id) {
        id -> Text,
        name -> Text,
        url -> Text,
        kinds -> Text,
        hidden_secret -> Text,
        hidden_old_secret -> Nullable<Text>,
        old_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
        paused_at -> Nullable<Timestamp>,
        pause_cause -> Nullable<Text>,
        failing_since -> Nullable<Timestamp>,
        rests_until -> Nullable<Timestamp>,
    }
}

table! {
    webhook_deliveries (endpoint_id, position) {
        endpoint_id -> Text,
        position -> BigInt,
        order_reference -> Text,
        created_at -> Timestamp,
        due_at -> Timestamp,
        next_try_at -> Timestamp,
        tries -> Integer,
        claimed_until -> Nullable<Timestamp>,
        tried_at -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
        took_ms -> Nullable<Integer>,
        delivered_at -> Nullable<Timestamp>,
        given_up_at -> Nullable<Timestamp>,
    }
}

joinable!(order_descriptions -> orders (order_reference));
joinable!(disputes -> orders (order_reference));
joinable!(events -> orders (order_reference));
allow_tables_to_appear_in_same_query!(
    accounts,
    orders,
    order_descriptions,
    received_orders,
    disputes,
    events,
    event_texts,
    event_hashes,
    outbox,
    sessions
);
allow_tables_to_appear_in_same_query!(webhook_deliveries, webhook_endpoints);
