-- Runs before each script: adds up the counts of wrk's threads at the end.
--
-- A script counts right `answers`, those of them that confirm something `written`, and `wrong` ones, with the `first`
-- mistake in words. `number` is the thread's own, from 0.

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
