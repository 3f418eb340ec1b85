<?php
// The page of --sign-in-url: says who a visitor is. SIGN_IN_SECRET is the secret of --sign-in-secret-file.
$secret = getenv('SIGN_IN_SECRET');
$request = $_GET['request'] ?? '';
if (!hash_equals(hash_hmac('sha256', $request, $secret), $_GET['signature'] ?? '')) {
    http_response_code(403);
    exit;
}
$asked = json_decode(base64_decode(strtr($request, '-_', '+/')), true);
// Sign your visitor in here if need be. This stands in for it.
$signedInAs = getenv('SIGNED_IN_AS');
$answer = ['nonce' => $asked['nonce'], 'external_id' => $signedInAs, 'exp' => time() + 60];
$response = rtrim(strtr(base64_encode(json_encode($answer)), '+/', '-_'), '=');
$signature = hash_hmac('sha256', $response, $secret);
header("Location: {$asked['return']}?response=$response&signature=$signature", true, 303);
