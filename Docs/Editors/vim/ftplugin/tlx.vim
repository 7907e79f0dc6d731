setlocal commentstring=#\ %s
setlocal shiftwidth=4 softtabstop=4 expandtab
setlocal foldmethod=expr foldexpr=getline(v:lnum)=~'^#\ %%'?'>1':'='
