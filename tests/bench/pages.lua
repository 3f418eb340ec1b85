-- Requests pages, each time another one of a file, and checks every answer.
--
-- Arguments: the file, the kind of page ("order" or "list"), the fewest bytes, a text on the page, and its least number
-- of occurrences; "plain" or "gzip"; and optionally a file of comments, one of which replaces each tenth page.
--
-- A line of the file: address, cookie, the page's key, and words on the page, separated by tabs. A line of comments:
-- address, cookie, the session's token, and the answer's address.

function init(args)
  local kind
  file, kind, least, mark, often = args[1], args[2], tonumber(args[3]), args[4], tonumber(args[5])
  is_order, is_plain = kind == "order", args[6] == "plain"
  requests, expected = {}, {}
  comments, places = {}, {}
  sent = 0
  math.randomseed(os.time() * 16 + number)
  for line in io.lines(file) do
    local path, cookie, key, words = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
    local headers = { ["Cookie"] = cookie, ["Host"] = wrk.headers["Host"] }
    if not is_plain then headers["Accept-Encoding"] = "gzip, deflate, br, zstd" end
    requests[#requests + 1] = wrk.format("GET", path, headers)
    expected[key] = words
  end
  for line in args[7] and io.lines(args[7]) or function() end do
    local path, cookie, token, place = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
    comments[#comments + 1] = { path = path, cookie = cookie, token = token }
    places[place] = true
  end
end

-- A new comment each time.
local function comment()
  local one = comments[math.random(#comments)]
  sent = sent + 1
  local headers = {
    ["Cookie"] = one.cookie,
    ["Host"] = wrk.headers["Host"],
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Sec-Fetch-Site"] = "same-origin",
  }
  local words = string.format("Gemeten+%d+%d+%d", os.time(), number, sent)
  return wrk.format("POST", one.path, headers, "csrf_token=" .. one.token .. "&comment=" .. words)
end

function request()
  if #comments > 0 and math.random(10) == 1 then return comment() end
  return requests[math.random(#requests)]
end

-- The mistake in an answer; nil when it is right. Of a compressed answer only the frame is checked: how it begins, and
-- the length it states for the page.
local function flaw(status, headers, body)
  if status ~= 200 then return "status " .. status end
  if #body < least then return "it has " .. #body .. " bytes" end
  local encoding = headers["content-encoding"] or "plain"
  if (encoding == "plain") ~= is_plain then return "it is " .. encoding end
  if not is_plain then
    local a, b, c = body:byte(-4, -2)
    local whole = body:sub(1, 3) == "\31\139\8" and a + b * 256 + c * 65536 >= 8000
    return not whole and "it is no whole page in gzip" or nil
  end
  if not body:find('<html lang="nl"', 1, true) then return "it is not Dutch" end
  if not body:find("</html>", -20, true) then return "it is not whole" end
  local key = body:match('name="csrf_token" value="([^"]+)"') or "nobody"
  if is_order then key = key .. " " .. (body:match('data%-news="/orders/([^/]+)/news"') or "nothing") end
  local words = expected[key]
  if not words then return "nobody asked for " .. key end
  if not body:find(words, 1, true) then return "it lacks " .. words end
  local from = 1
  for found = 1, often do
    local _, last = body:find(mark, from, true)
    if not last then return "it has " .. (found - 1) .. " of " .. mark end
    from = last + 1
  end
end

function response(status, headers, body)
  local is_written = status == 303 and places[headers["location"]]
  local what = not is_written and flaw(status, headers, body)
  if what then
    wrong = wrong + 1
    if first == "" then first = what end
    return
  end
  answers = answers + 1
  if is_written then written = written + 1 end
end
