local function sieve(n)
  local prime = {}
  for i = 0, n - 1 do prime[i] = true end
  local count = 0
  for i = 2, n - 1 do
    if prime[i] then
      count = count + 1
      local k = i * i
      while k < n do
        prime[k] = false
        k = k + i
      end
    end
  end
  return count
end
local t = os.clock(); assert(sieve(1000000) == 78498); print("seconds " .. os.clock() - t)
