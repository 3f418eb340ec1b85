-- Sends forms, each one once, and checks every answer: it must lead to the right address, and no two to the same.
--
-- Arguments: the file, and the number of threads that share it. A line of the file: address, cookie, body, and the
-- answer's address, separated by tabs.

function init(args)
  local file, parts = args[1], tonumber(args[2])
  requests, expected = {}, {}
  at, is_spent = 0, false
  local count = 0
  for line in io.lines(file) do
    if count % parts == number then
      local path, cookie, body, leads_to = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
      requests[#requests + 1] = wrk.format("POST", path, {
        ["Cookie"] = cookie,
        ["Host"] = wrk.headers["Host"],
        ["Content-Type"] = "application/x-www-form-urlencoded",
        ["Sec-Fetch-Site"] = "same-origin",
      }, body)
      expected[leads_to] = (expected[leads_to] or 0) + 1
    end
    count = count + 1
  end
end

function request()
  at = at + 1
  if requests[at] then return requests[at] end
  -- All forms are sent: a harmless request, until the last answers are in.
  if is_spent then wrk.thread:stop() end
  is_spent = true
  return wrk.format("GET", "/healthz")
end

function response(status, headers, _)
  if status == 200 and is_spent then return end
  local leads_to = headers["location"] or "nowhere"
  if status == 303 and (expected[leads_to] or 0) > 0 then
    expected[leads_to] = expected[leads_to] - 1
    answers, written = answers + 1, written + 1
  else
    wrong = wrong + 1
    if first == "" then first = "status " .. status .. " leads to " .. leads_to end
  end
end
