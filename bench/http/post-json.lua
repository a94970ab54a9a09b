-- wrk: one kilobyte of JSON.
local items = {}
for i = 1, 12 do
  items[i] = string.format('{"id":%d,"name":"item number %d","tags":["a","b"],"price":%d.5,"ok":true}', i, i, i * 3)
end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"items":[' .. table.concat(items, ",") .. ']}'
