<?php
// Takes a webhook (Standard Webhooks 1.0). SECRET is what `webhook add` printed: whsec_...
// Answer 2xx once you have it; everything else is tried again. The same id may come twice.
$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$at = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
$key = base64_decode(substr(getenv('SECRET'), strlen('whsec_')));
$expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", $key, true));
$isOurs = false;
foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $signature) {
    $isOurs = $isOurs || hash_equals($expected, $signature);
}
if (!$isOurs || abs(time() - (int) $at) > 300) {
    http_response_code(401);
    exit;
}
$told = json_decode($body, true);
$order = $told['data']['order'] ?? null;
// Keep the highest version that you saw of an order, and leave the others: then order and repetition do not matter.
file_put_contents(getenv('SEEN'), "$id {$told['type']} " . ($order['external_id'] ?? '-') . "\n", FILE_APPEND);
http_response_code(204);
