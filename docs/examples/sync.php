<?php
// Puts one account and one order. The same run again changes nothing, so it may run every night.
// OC is the address of the interface, KEY a key with accounts:write and orders:write.

function put(string $path, array $body): array
{
    for (;;) {
        $context = stream_context_create(['http' => [
            'method' => 'PUT',
            'header' => ['Authorization: Bearer ' . getenv('KEY'), 'Content-Type: application/json'],
            'content' => json_encode($body),
            'ignore_errors' => true,
        ]]);
        $text = file_get_contents(getenv('OC') . $path, false, $context);
        preg_match('{ (\d{3})}', $http_response_header[0], $status);
        if ($status[1] === '429' || $status[1] === '503') {
            sleep(1);
            continue;
        }
        $told = json_decode($text, true);
        if ($status[1][0] !== '2') {
            throw new RuntimeException("$path: {$told['title']} " . json_encode($told['errors'] ?? $told['detail']));
        }
        return $told;
    }
}

put('/accounts/' . rawurlencode('c-4711'), ['email' => 'sanne@example.org', 'name' => 'Sanne Smit']);
put('/accounts/' . rawurlencode('f-4712'), ['email' => 'daan@example.org', 'name' => 'Daan Bakker']);
$order = put('/orders/' . rawurlencode('2026-882'), [
    'title' => 'Huisstijl', 'price' => '905.95', 'currency' => 'EUR', 'placed_at' => '2026-11-24T13:05:00Z',
    'delivery_date' => '2099-12-15', 'status' => 'active', 'customer' => 'c-4711', 'freelancer' => 'f-4712',
]);
echo "2026-882 version {$order['version']} {$order['page']}\n";
