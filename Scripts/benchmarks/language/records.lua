local function f(n)
  local p = {x = 0.0, y = 0.0, steps = 0}
  for i = 0, n - 1 do
    p.x = p.x + 1.5
    p.y = p.y - p.x * 0.001
    p.steps = p.steps + 1
  end
  return p
end
local t = os.clock(); f(1000000); print("seconds " .. os.clock() - t)
