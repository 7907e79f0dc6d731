autocmd BufNewFile,BufRead *.tlx setfiletype tlx
