-- wrk: requests of mixed kinds in turn, a third of them with a body.
local text = string.rep("abcdefgh", 128)
local json = '{"items":[' .. string.rep('{"id":1,"name":"item","tags":["a","b"],"price":1.5,"ok":true},', 15) .. '{}]}'
local kinds = {
  { "GET", "/hello" }, { "GET", "/async" }, { "GET", "/json" }, { "GET", "/url" },
  { "POST", "/post-text", text }, { "POST", "/post-json", json },
}
local turn = 0
function request()
  turn = turn % #kinds + 1
  local kind = kinds[turn]
  return wrk.format(kind[1], kind[2], { ["Content-Type"] = "application/json" }, kind[3])
end
