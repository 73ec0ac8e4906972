"""Which rule an operation follows, by the name a learner calls it."""

from __future__ import annotations

from tutor.worker.probe.flow.rules import moving, picking, pointwise, products, windows
from tutor.worker.probe.flow.rules.model import Rule

_POINTWISE = """
add sub mul div true_divide floor_divide remainder fmod pow neg negative abs absolute sign sgn square sqrt
rsqrt exp
exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh sigmoid logit erf
erfc erfinv floor ceil round trunc frac clamp clip clamp_min clamp_max reciprocal lerp addcmul addcdiv where
masked_fill maximum minimum fmax fmin eq ne lt le gt ge greater less greater_equal less_equal not_equal logical_and
logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_xor bitwise_not isnan isinf isfinite isclose
relu relu6 leaky_relu elu selu celu gelu silu mish softplus softsign hardtanh hardswish hardsigmoid threshold prelu
logsigmoid tanhshrink softshrink hardshrink rrelu nan_to_num subtract multiply divide dropout dropout1d
dropout2d dropout3d alpha_dropout feature_alpha_dropout conj conj_physical angle real imag polar complex hypot
xlogy
heaviside copysign sinc deg2rad rad2deg lgamma digamma i0 logaddexp bernoulli tril triu zero
fill uniform normal exponential rsub __rsub__ __rdiv__ __rtruediv__ __rpow__ __rmod__ __rfloordiv__ __and__ __or__
__xor__ __invert__ __iadd__ __isub__ __imul__ __itruediv__ __ipow__ __iand__ __ior__ __ixor__ __radd__ __rmul__
__ror__
__rand__ __rxor__ __lshift__ __rshift__ __eq__ __ne__ __lt__ __gt__ __le__ __ge__ __floordiv__ __mod__ __pow__
kaiming_uniform kaiming_normal xavier_uniform xavier_normal
"""
_REDUCING = """sum mean prod amax amin max min argmax argmin all any median nansum nanmean logsumexp
count_nonzero mode
nanmedian"""
_ALONG = """softmax log_softmax softmin cumsum cumprod cummax cummin logcumsumexp sort argsort flip roll fliplr
flipud normalize"""
_LOSSES = """cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy
binary_cross_entropy_with_logits kl_div poisson_nll_loss hinge_embedding_loss soft_margin_loss gaussian_nll_loss"""
_COPYING = """clone detach to float double half bfloat16 int long short bool byte char cpu cuda type_as
contiguous data
requires_grad_ alias positive copy"""
_LIKE = """zeros_like ones_like rand_like randn_like empty_like full_like randint_like new_zeros new_ones new_full
new_empty"""


def _each(names: str, rule: Rule) -> dict[str, Rule]:
    return dict.fromkeys(names.split(), rule)


RULES: dict[str, Rule] = {
    **_each(_POINTWISE, pointwise.elementwise),
    **_each(_REDUCING, pointwise.reduce),
    **_each("norm", pointwise.reduce_norm),
    **_each("std var", pointwise.reduce_var),
    **_each(_ALONG, pointwise.along),
    **_each("topk", pointwise.topk),
    **_each("layer_norm rms_norm", pointwise.layer_norm),
    **_each("batch_norm group_norm instance_norm", pointwise.channel_norm),
    **_each(_LOSSES, pointwise.loss),
    **_each(_COPYING, pointwise.copy),
    **_each(_LIKE, pointwise.like),
    **_each("matmul mm bmm mv dot vdot __matmul__", products.matmul),
    **_each("__rmatmul__", products.rmatmul),
    **_each("addmm addmv baddbmm", products.addmm),
    **_each("outer ger", products.outer),
    **_each("linear", products.linear),
    **_each("einsum", products.einsum),
    **_each("tensordot", products.tensordot),
    **_each("scaled_dot_product_attention", products.attention),
    **_each("multi_head_attention_forward", products.heads),
    **_each("reshape view flatten unflatten ravel view_as reshape_as", moving.reshape),
    **_each("permute", moving.permute),
    **_each("transpose swapaxes swapdims", moving.transpose),
    **_each("T H t", moving.reversed_axes),
    **_each("mT mH adjoint", moving.last_two),
    **_each("movedim moveaxis", moving.movedim),
    **_each("squeeze", moving.squeeze),
    **_each("unsqueeze", moving.unsqueeze),
    **_each("expand expand_as broadcast_to", moving.expand),
    **_each("repeat tile", moving.repeat),
    **_each("repeat_interleave", moving.repeat_interleave),
    **_each("cat concat concatenate hstack vstack dstack", moving.cat),
    **_each("stack", moving.stack),
    **_each("split chunk tensor_split split_with_sizes", moving.split),
    **_each("unbind", moving.unbind),
    **_each("__getitem__ __setitem__", picking.getitem),
    **_each("select", picking.select),
    **_each("narrow", picking.narrow),
    **_each("index_select", picking.index_select),
    **_each("gather take_along_dim", picking.gather),
    **_each("scatter scatter_add scatter_reduce", picking.scatter),
    **_each("embedding", picking.embedding),
    **_each("conv1d conv2d conv3d", windows.conv),
    **_each("conv_transpose1d conv_transpose2d conv_transpose3d", windows.conv_transpose),
    **_each("max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d", windows.pool),
    **_each(
        "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d",
        windows.adaptive,
    ),
    **_each("interpolate upsample pad", windows.resized),
    **_each("unfold", windows.unfold),
}

KINDS: dict[Rule, str] = {
    pointwise.elementwise: "elementwise",
    products.matmul: "matmul",
    products.linear: "linear",
    products.einsum: "einsum",
    moving.reshape: "reshape",
    moving.cat: "cat",
    moving.stack: "stack",
    picking.getitem: "index",
    windows.conv: "conv",
}
"""What an operation is also when its shapes break the rule."""
