local function fib(n) if n < 2 then return n else return fib(n - 1) + fib(n - 2) end end
local t = os.clock(); assert(fib(30) == 832040); print("seconds " .. os.clock() - t)
