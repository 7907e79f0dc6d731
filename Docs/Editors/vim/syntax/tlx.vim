" Made by Scripts/regenerate from the words of the language and the table of built-ins: change those.
if exists("b:current_syntax") | finish | endif
syntax iskeyword @,48-57,_,192-255

syntax keyword tlxKeyword and assert break continue else fn for if in let
syntax keyword tlxKeyword not or return try var while
syntax keyword tlxConstant e false inf nan nil pi true
syntax keyword tlxBuiltin abs absorb accuracy acos adam adamw all allclose any arange
syntax keyword tlxBuiltin argmax argmin argsort asin atan atan2 attention avg_pool backfill bars
syntax keyword tlxBuiltin batch_norm batches baum_welch bct_loss bec bernoulli best_rewrite bincount bool bootstrap
syntax keyword tlxBuiltin broadcast btc categorical ceil chain_from check_grad choice cholesky churn cka
syntax keyword tlxBuiltin classes clip compat_matrix compatible_search concat cond conditional_chain confusion contrastive_features conv2d
syntax keyword tlxBuiltin convnet corrupt_labels cos cosh cosine cosine_head count cross_entropy crosstest csv
syntax keyword tlxBuiltin ctmc cumprod cumsum curve custom dataset datasets declare_compatible dense det
syntax keyword tlxBuiltin diag digamma distill doc dropout eig eigh einsum elodi embed
syntax keyword tlxBuiltin embedding embeddings ends_with ensemble entropy entropy_rate enumerate erf error evaluate_rewrites
syntax keyword tlxBuiltin exp explain_plan expm expm1 eye f32 f64 features figure filter
syntax keyword tlxBuiltin find finetune first_passage fit fit_many flatten flatten_rows flip flips float
syntax keyword tlxBuiltin floor focal_distill forget forward_backward full fundamental gate gather gelu glob
syntax keyword tlxBuiltin grad graph group h_score head heatmap help hessian hist histogram
syntax keyword tlxBuiltin hitting_probabilities hitting_times hmm i64 images influence int interpolate_weights inv is_reversible
syntax keyword tlxBuiltin isfinite isnan jacobian join jsonl jvp kemeny kendall key keys
syntax keyword tlxBuiltin kfac kron l2 l2_features label_entropy label_smoothing labelled last_before last_fit layer_norm
syntax keyword tlxBuiltin ldi leaky_relu leep len lgamma likelihood linear linearize linspace list
syntax keyword tlxBuiltin load log log10 log1p log2 log_softmax logits logme logspace logsumexp
syntax keyword tlxBuiltin lower lqf lstsq lu lump lwf map map_at map_values markov
syntax keyword tlxBuiltin matrix_power max max_pool maximum mcnemar mdp mean mean_pool median menu
syntax keyword tlxBuiltin min minimum mixing_time mlp momentum most_likely_path mse n_step naive_positive_congruent nce
syntax keyword tlxBuiltin neighbours new_error next_rewrite nfr norm normal npy npz one_hot ones
syntax keyword tlxBuiltin outer pad pairwise params pearson period permutation pfr pinv plot
syntax keyword tlxBuiltin positions predict predict_proba print procrustes prod progress qr quantile randint
syntax keyword tlxBuiltin range rank read rearrange recall_at record relu repeat replace reshape
syntax keyword tlxBuiltin retrain_head retrieval reverse review_rewrites ridge roll round safetensors save savefig
syntax keyword tlxBuiltin scatter seed select sensitivity sequential sgd show sigmoid sign simulate_chain
syntax keyword tlxBuiltin simulate_log sin sinh slider slogdet softmax softplus solve sort sparse
syntax keyword tlxBuiltin spearman spectral_gap split split_at sqrt squeeze stack standardize starts_with stationary
syntax keyword tlxBuiltin std step_decay stop_gradient str strict_imitation subset sum summary svd sweep
syntax keyword tlxBuiltin table tail take tan tanh tensor tile time time_reversal topk
syntax keyword tlxBuiltin trace transformer transformer_block transient transition_intervals transpose trim triplet_features trunc ttest
syntax keyword tlxBuiltin uniform unique upper value_and_grad values var viterbi vjp vmap warmup
syntax keyword tlxBuiltin weighted_kendall where zeros zip
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
