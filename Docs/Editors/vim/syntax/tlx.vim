" Made by Scripts/regenerate from the words of the language and the table of built-ins: change those.
if exists("b:current_syntax") | finish | endif
syntax iskeyword @,48-57,_,192-255

syntax keyword tlxKeyword and assert break continue else fn for if in let
syntax keyword tlxKeyword not or return try var while
syntax keyword tlxConstant e false inf nan nil pi true
syntax keyword tlxBuiltin abs accuracy acos adam all allclose any arange argmax argmin
syntax keyword tlxBuiltin argsort asin atan atan2 bars batches bernoulli bincount bool bootstrap
syntax keyword tlxBuiltin broadcast categorical ceil check_grad choice cholesky cka clip concat cond
syntax keyword tlxBuiltin confusion corrupt_labels cos cosh count cross_entropy csv cumprod cumsum dataset
syntax keyword tlxBuiltin datasets dense det diag digamma doc eig eigh einsum ends_with
syntax keyword tlxBuiltin entropy enumerate erf error exp expm expm1 eye f32 f64
syntax keyword tlxBuiltin features filter find finetune fit flatten flatten_rows flip float floor
syntax keyword tlxBuiltin full gather gelu glob grad group h_score head heatmap help
syntax keyword tlxBuiltin hessian hist histogram i64 int inv isfinite isnan jacobian join
syntax keyword tlxBuiltin jsonl jvp kendall key keys kron l2 label_entropy labelled last_fit
syntax keyword tlxBuiltin leep len lgamma linear linspace list load log log10 log1p
syntax keyword tlxBuiltin log2 log_softmax logits logme logspace logsumexp lower lstsq lu map
syntax keyword tlxBuiltin map_values matrix_power max maximum mcnemar mean median min minimum mlp
syntax keyword tlxBuiltin momentum mse nce norm normal npy npz one_hot ones outer
syntax keyword tlxBuiltin pad pairwise params pearson permutation pinv plot predict predict_proba print
syntax keyword tlxBuiltin prod progress qr quantile randint range rank read rearrange record
syntax keyword tlxBuiltin relu repeat replace reshape retrain_head reverse ridge roll round safetensors
syntax keyword tlxBuiltin save savefig scatter seed select sequential sgd show sigmoid sign
syntax keyword tlxBuiltin sin sinh slogdet softmax softplus solve sort spearman split split_at
syntax keyword tlxBuiltin sqrt squeeze stack standardize starts_with std stop_gradient str subset sum
syntax keyword tlxBuiltin summary svd table tail take tan tanh tensor tile time
syntax keyword tlxBuiltin topk trace transpose trim trunc ttest uniform unique upper value_and_grad
syntax keyword tlxBuiltin values var vjp vmap weighted_kendall where zeros zip
syntax match tlxBuiltin /\<contains\>/
syntax match tlxBuiltin /\<fold\>/
syntax match tlxImport /\<use\>\ze\s*"/
syntax match tlxImport /\<as\>\ze\s\+\h/
syntax match tlxOperator /\.\.\.\|->\||>\|==\|!=\|<=\|>=\|+=\|-=\|\*=\|\/\/=\|\/=\|%=\|@=\|\^=\|\*\*\|\/\/\|\.\.\|+\|-\|\*\|\/\|%\|@\|\^\|<\|>\|=/
syntax match tlxNumber /\<\d[0-9_]*\(\.\d[0-9_]*\)\?\([eE][+-]\?\d\+\)\?\>/
syntax match tlxFunction /\(\<fn\s\+\)\@<=\k\+/
syntax match tlxOption /\<\k\+\ze=[^=]/
syntax match tlxEscape /\\./ contained
syntax match tlxEscape /{{\|}}/ contained
syntax region tlxHole start=/{/ end=/}/ contained contains=TOP
syntax region tlxString start=/"/ skip=/\\"/ end=/"\|$/ contains=tlxEscape,tlxHole
syntax region tlxString start=/"""/ end=/"""/ contains=tlxEscape,tlxHole
syntax region tlxRaw start=/\<r"/ end=/"/
syntax match tlxComment /#.*$/ contains=tlxTodo
syntax match tlxDocumentation /##.*$/
syntax match tlxExpectation /#=>.*$/
syntax match tlxCell /^# %%.*$/
syntax keyword tlxTodo TODO FIXME contained

highlight default link tlxKeyword Keyword
highlight default link tlxConstant Constant
highlight default link tlxBuiltin Function
highlight default link tlxImport Include
highlight default link tlxOperator Operator
highlight default link tlxNumber Number
highlight default link tlxFunction Function
highlight default link tlxOption Identifier
highlight default link tlxEscape SpecialChar
highlight default link tlxString String
highlight default link tlxRaw String
highlight default link tlxComment Comment
highlight default link tlxDocumentation SpecialComment
highlight default link tlxExpectation PreProc
highlight default link tlxCell Title
highlight default link tlxTodo Todo
let b:current_syntax = "tlx"
