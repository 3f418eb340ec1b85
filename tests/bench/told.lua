-- Stands before each script: what the threads of wrk have counted, told together at the end.
--
-- A script counts `answers` that are right, those of them that say that something was `written`, and what is `wrong`, with
-- the `first` of it in words. `number` is the thread's own, from 0.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  thread:set("answers", 0)
  thread:set("written", 0)
  thread:set("wrong", 0)
  thread:set("first", "")
  table.insert(threads, thread)
end

function done(summary, latency)
  local answers, written, wrong, first = 0, 0, 0, ""
  for _, thread in ipairs(threads) do
    answers = answers + thread:get("answers")
    written = written + thread:get("written")
    wrong = wrong + thread:get("wrong")
    if first == "" then first = thread:get("first") end
  end
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"answers":%d,"micros":%d,"p99_micros":%d,"written":%d,"wrong":%d,"errors":%d,"first":"%s"}\n',
    answers, summary.duration, latency:percentile(99), written, wrong,
    errors.connect + errors.read + errors.write + errors.timeout, (first:gsub('["\\%c]', " "))
  ))
end
