// The pages that the program carries. Written by Scripts/help-pages.
#include "help_pages.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char page_0[] = {
#embed "../../Documentation/Diagnostics/argument-order.md"
}, page_1[] = {
#embed "../../Documentation/Diagnostics/argument.md"
}, page_2[] = {
#embed "../../Documentation/Diagnostics/assignment-target.md"
}, page_3[] = {
#embed "../../Documentation/Diagnostics/bare-expression.md"
}, page_4[] = {
#embed "../../Documentation/Diagnostics/budget.md"
}, page_5[] = {
#embed "../../Documentation/Diagnostics/call-target.md"
}, page_6[] = {
#embed "../../Documentation/Diagnostics/chain-too-long.md"
}, page_7[] = {
#embed "../../Documentation/Diagnostics/chained-comparison.md"
}, page_8[] = {
#embed "../../Documentation/Diagnostics/claim-file.md"
}, page_9[] = {
#embed "../../Documentation/Diagnostics/claim-name.md"
}, page_10[] = {
#embed "../../Documentation/Diagnostics/claim-syntax.md"
}, page_11[] = {
#embed "../../Documentation/Diagnostics/derivative.md"
}, page_12[] = {
#embed "../../Documentation/Diagnostics/division-by-zero.md"
}, page_13[] = {
#embed "../../Documentation/Diagnostics/duplicate-argument.md"
}, page_14[] = {
#embed "../../Documentation/Diagnostics/empty-subscript.md"
}, page_15[] = {
#embed "../../Documentation/Diagnostics/file-too-large.md"
}, page_16[] = {
#embed "../../Documentation/Diagnostics/foreign-spelling.md"
}, page_17[] = {
#embed "../../Documentation/Diagnostics/function-syntax.md"
}, page_18[] = {
#embed "../../Documentation/Diagnostics/function-without-call.md"
}, page_19[] = {
#embed "../../Documentation/Diagnostics/index-access.md"
}, page_20[] = {
#embed "../../Documentation/Diagnostics/index-name.md"
}, page_21[] = {
#embed "../../Documentation/Diagnostics/index-term.md"
}, page_22[] = {
#embed "../../Documentation/Diagnostics/infinity.md"
}, page_23[] = {
#embed "../../Documentation/Diagnostics/json-syntax.md"
}, page_24[] = {
#embed "../../Documentation/Diagnostics/kernel-point.md"
}, page_25[] = {
#embed "../../Documentation/Diagnostics/kernel-result.md"
}, page_26[] = {
#embed "../../Documentation/Diagnostics/kernel-run.md"
}, page_27[] = {
#embed "../../Documentation/Diagnostics/loss-rank.md"
}, page_28[] = {
#embed "../../Documentation/Diagnostics/loss-syntax.md"
}, page_29[] = {
#embed "../../Documentation/Diagnostics/malformed-number.md"
}, page_30[] = {
#embed "../../Documentation/Diagnostics/malformed-string.md"
}, page_31[] = {
#embed "../../Documentation/Diagnostics/missing-shape.md"
}, page_32[] = {
#embed "../../Documentation/Diagnostics/name-taken.md"
}, page_33[] = {
#embed "../../Documentation/Diagnostics/nesting-too-deep.md"
}, page_34[] = {
#embed "../../Documentation/Diagnostics/no-claims.md"
}, page_35[] = {
#embed "../../Documentation/Diagnostics/no-probe.md"
}, page_36[] = {
#embed "../../Documentation/Diagnostics/no-sizes.md"
}, page_37[] = {
#embed "../../Documentation/Diagnostics/no-value.md"
}, page_38[] = {
#embed "../../Documentation/Diagnostics/not-differentiable.md"
}, page_39[] = {
#embed "../../Documentation/Diagnostics/not-numeric.md"
}, page_40[] = {
#embed "../../Documentation/Diagnostics/notation.md"
}, page_41[] = {
#embed "../../Documentation/Diagnostics/nothing-to-differentiate.md"
}, page_42[] = {
#embed "../../Documentation/Diagnostics/number-too-large.md"
}, page_43[] = {
#embed "../../Documentation/Diagnostics/over-limit.md"
}, page_44[] = {
#embed "../../Documentation/Diagnostics/point-declaration.md"
}, page_45[] = {
#embed "../../Documentation/Diagnostics/point-name.md"
}, page_46[] = {
#embed "../../Documentation/Diagnostics/point-shape.md"
}, page_47[] = {
#embed "../../Documentation/Diagnostics/point-syntax.md"
}, page_48[] = {
#embed "../../Documentation/Diagnostics/recurrence.md"
}, page_49[] = {
#embed "../../Documentation/Diagnostics/recursion.md"
}, page_50[] = {
#embed "../../Documentation/Diagnostics/reserved-gradient.md"
}, page_51[] = {
#embed "../../Documentation/Diagnostics/reserved-word.md"
}, page_52[] = {
#embed "../../Documentation/Diagnostics/second-output.md"
}, page_53[] = {
#embed "../../Documentation/Diagnostics/shape-axis.md"
}, page_54[] = {
#embed "../../Documentation/Diagnostics/shape-broadcast.md"
}, page_55[] = {
#embed "../../Documentation/Diagnostics/shape-contraction.md"
}, page_56[] = {
#embed "../../Documentation/Diagnostics/shape-empty.md"
}, page_57[] = {
#embed "../../Documentation/Diagnostics/shape-extent.md"
}, page_58[] = {
#embed "../../Documentation/Diagnostics/shape-groups.md"
}, page_59[] = {
#embed "../../Documentation/Diagnostics/shape-mismatch.md"
}, page_60[] = {
#embed "../../Documentation/Diagnostics/shape-output.md"
}, page_61[] = {
#embed "../../Documentation/Diagnostics/shape-rank.md"
}, page_62[] = {
#embed "../../Documentation/Diagnostics/shape-reshape.md"
}, page_63[] = {
#embed "../../Documentation/Diagnostics/shape-square.md"
}, page_64[] = {
#embed "../../Documentation/Diagnostics/shape-syntax.md"
}, page_65[] = {
#embed "../../Documentation/Diagnostics/shape-window.md"
}, page_66[] = {
#embed "../../Documentation/Diagnostics/size-condition.md"
}, page_67[] = {
#embed "../../Documentation/Diagnostics/size-expected.md"
}, page_68[] = {
#embed "../../Documentation/Diagnostics/size-not-positive.md"
}, page_69[] = {
#embed "../../Documentation/Diagnostics/size-range.md"
}, page_70[] = {
#embed "../../Documentation/Diagnostics/size-too-large.md"
}, page_71[] = {
#embed "../../Documentation/Diagnostics/size-undecided.md"
}, page_72[] = {
#embed "../../Documentation/Diagnostics/structure.md"
}, page_73[] = {
#embed "../../Documentation/Diagnostics/subscript.md"
}, page_74[] = {
#embed "../../Documentation/Diagnostics/tensor-file.md"
}, page_75[] = {
#embed "../../Documentation/Diagnostics/too-complex.md"
}, page_76[] = {
#embed "../../Documentation/Diagnostics/too-many-errors.md"
}, page_77[] = {
#embed "../../Documentation/Diagnostics/trailing-backslash.md"
}, page_78[] = {
#embed "../../Documentation/Diagnostics/unbounded-index.md"
}, page_79[] = {
#embed "../../Documentation/Diagnostics/unclosed-bracket.md"
}, page_80[] = {
#embed "../../Documentation/Diagnostics/undefined-value.md"
}, page_81[] = {
#embed "../../Documentation/Diagnostics/unexpected-token.md"
}, page_82[] = {
#embed "../../Documentation/Diagnostics/unknown-attribute.md"
}, page_83[] = {
#embed "../../Documentation/Diagnostics/unknown-function.md"
}, page_84[] = {
#embed "../../Documentation/Diagnostics/unknown-name.md"
}, page_85[] = {
#embed "../../Documentation/Diagnostics/unknown-statement.md"
}, page_86[] = {
#embed "../../Documentation/Diagnostics/unreadable-file.md"
}, page_87[] = {
#embed "../../Documentation/Diagnostics/used-before-defined.md"
}, page_88[] = {
#embed "../../Documentation/Rules/activation-input.md"
}, page_89[] = {
#embed "../../Documentation/Rules/channel.md"
}, page_90[] = {
#embed "../../Documentation/Rules/edge.md"
}, page_91[] = {
#embed "../../Documentation/Rules/entry.md"
}, page_92[] = {
#embed "../../Documentation/Rules/eps.md"
}, page_93[] = {
#embed "../../Documentation/Rules/extra-term.md"
}, page_94[] = {
#embed "../../Documentation/Rules/factor.md"
}, page_95[] = {
#embed "../../Documentation/Rules/flip.md"
}, page_96[] = {
#embed "../../Documentation/Rules/inherited.md"
}, page_97[] = {
#embed "../../Documentation/Rules/internal-error.md"
}, page_98[] = {
#embed "../../Documentation/Rules/kink.md"
}, page_99[] = {
#embed "../../Documentation/Rules/mask.md"
}, page_100[] = {
#embed "../../Documentation/Rules/mean-for-sum.md"
}, page_101[] = {
#embed "../../Documentation/Rules/missing-sum.md"
}, page_102[] = {
#embed "../../Documentation/Rules/missing-term.md"
}, page_103[] = {
#embed "../../Documentation/Rules/output-padding.md"
}, page_104[] = {
#embed "../../Documentation/Rules/shape.md"
}, page_105[] = {
#embed "../../Documentation/Rules/sign.md"
}, page_106[] = {
#embed "../../Documentation/Rules/stride-and-dilation.md"
}, page_107[] = {
#embed "../../Documentation/Rules/sum-for-mean.md"
}, page_108[] = {
#embed "../../Documentation/Rules/transpose.md"
}, page_109[] = {
#embed "../../Documentation/Rules/undecided.md"
}, page_110[] = {
#embed "../../Documentation/Rules/unexplained.md"
};

static const gradcheck_help_page pages[] = {
    {"Diagnostics/argument-order", page_0, sizeof page_0},
    {"Diagnostics/argument", page_1, sizeof page_1},
    {"Diagnostics/assignment-target", page_2, sizeof page_2},
    {"Diagnostics/bare-expression", page_3, sizeof page_3},
    {"Diagnostics/budget", page_4, sizeof page_4},
    {"Diagnostics/call-target", page_5, sizeof page_5},
    {"Diagnostics/chain-too-long", page_6, sizeof page_6},
    {"Diagnostics/chained-comparison", page_7, sizeof page_7},
    {"Diagnostics/claim-file", page_8, sizeof page_8},
    {"Diagnostics/claim-name", page_9, sizeof page_9},
    {"Diagnostics/claim-syntax", page_10, sizeof page_10},
    {"Diagnostics/derivative", page_11, sizeof page_11},
    {"Diagnostics/division-by-zero", page_12, sizeof page_12},
    {"Diagnostics/duplicate-argument", page_13, sizeof page_13},
    {"Diagnostics/empty-subscript", page_14, sizeof page_14},
    {"Diagnostics/file-too-large", page_15, sizeof page_15},
    {"Diagnostics/foreign-spelling", page_16, sizeof page_16},
    {"Diagnostics/function-syntax", page_17, sizeof page_17},
    {"Diagnostics/function-without-call", page_18, sizeof page_18},
    {"Diagnostics/index-access", page_19, sizeof page_19},
    {"Diagnostics/index-name", page_20, sizeof page_20},
    {"Diagnostics/index-term", page_21, sizeof page_21},
    {"Diagnostics/infinity", page_22, sizeof page_22},
    {"Diagnostics/json-syntax", page_23, sizeof page_23},
    {"Diagnostics/kernel-point", page_24, sizeof page_24},
    {"Diagnostics/kernel-result", page_25, sizeof page_25},
    {"Diagnostics/kernel-run", page_26, sizeof page_26},
    {"Diagnostics/loss-rank", page_27, sizeof page_27},
    {"Diagnostics/loss-syntax", page_28, sizeof page_28},
    {"Diagnostics/malformed-number", page_29, sizeof page_29},
    {"Diagnostics/malformed-string", page_30, sizeof page_30},
    {"Diagnostics/missing-shape", page_31, sizeof page_31},
    {"Diagnostics/name-taken", page_32, sizeof page_32},
    {"Diagnostics/nesting-too-deep", page_33, sizeof page_33},
    {"Diagnostics/no-claims", page_34, sizeof page_34},
    {"Diagnostics/no-probe", page_35, sizeof page_35},
    {"Diagnostics/no-sizes", page_36, sizeof page_36},
    {"Diagnostics/no-value", page_37, sizeof page_37},
    {"Diagnostics/not-differentiable", page_38, sizeof page_38},
    {"Diagnostics/not-numeric", page_39, sizeof page_39},
    {"Diagnostics/notation", page_40, sizeof page_40},
    {"Diagnostics/nothing-to-differentiate", page_41, sizeof page_41},
    {"Diagnostics/number-too-large", page_42, sizeof page_42},
    {"Diagnostics/over-limit", page_43, sizeof page_43},
    {"Diagnostics/point-declaration", page_44, sizeof page_44},
    {"Diagnostics/point-name", page_45, sizeof page_45},
    {"Diagnostics/point-shape", page_46, sizeof page_46},
    {"Diagnostics/point-syntax", page_47, sizeof page_47},
    {"Diagnostics/recurrence", page_48, sizeof page_48},
    {"Diagnostics/recursion", page_49, sizeof page_49},
    {"Diagnostics/reserved-gradient", page_50, sizeof page_50},
    {"Diagnostics/reserved-word", page_51, sizeof page_51},
    {"Diagnostics/second-output", page_52, sizeof page_52},
    {"Diagnostics/shape-axis", page_53, sizeof page_53},
    {"Diagnostics/shape-broadcast", page_54, sizeof page_54},
    {"Diagnostics/shape-contraction", page_55, sizeof page_55},
    {"Diagnostics/shape-empty", page_56, sizeof page_56},
    {"Diagnostics/shape-extent", page_57, sizeof page_57},
    {"Diagnostics/shape-groups", page_58, sizeof page_58},
    {"Diagnostics/shape-mismatch", page_59, sizeof page_59},
    {"Diagnostics/shape-output", page_60, sizeof page_60},
    {"Diagnostics/shape-rank", page_61, sizeof page_61},
    {"Diagnostics/shape-reshape", page_62, sizeof page_62},
    {"Diagnostics/shape-square", page_63, sizeof page_63},
    {"Diagnostics/shape-syntax", page_64, sizeof page_64},
    {"Diagnostics/shape-window", page_65, sizeof page_65},
    {"Diagnostics/size-condition", page_66, sizeof page_66},
    {"Diagnostics/size-expected", page_67, sizeof page_67},
    {"Diagnostics/size-not-positive", page_68, sizeof page_68},
    {"Diagnostics/size-range", page_69, sizeof page_69},
    {"Diagnostics/size-too-large", page_70, sizeof page_70},
    {"Diagnostics/size-undecided", page_71, sizeof page_71},
    {"Diagnostics/structure", page_72, sizeof page_72},
    {"Diagnostics/subscript", page_73, sizeof page_73},
    {"Diagnostics/tensor-file", page_74, sizeof page_74},
    {"Diagnostics/too-complex", page_75, sizeof page_75},
    {"Diagnostics/too-many-errors", page_76, sizeof page_76},
    {"Diagnostics/trailing-backslash", page_77, sizeof page_77},
    {"Diagnostics/unbounded-index", page_78, sizeof page_78},
    {"Diagnostics/unclosed-bracket", page_79, sizeof page_79},
    {"Diagnostics/undefined-value", page_80, sizeof page_80},
    {"Diagnostics/unexpected-token", page_81, sizeof page_81},
    {"Diagnostics/unknown-attribute", page_82, sizeof page_82},
    {"Diagnostics/unknown-function", page_83, sizeof page_83},
    {"Diagnostics/unknown-name", page_84, sizeof page_84},
    {"Diagnostics/unknown-statement", page_85, sizeof page_85},
    {"Diagnostics/unreadable-file", page_86, sizeof page_86},
    {"Diagnostics/used-before-defined", page_87, sizeof page_87},
    {"Rules/activation-input", page_88, sizeof page_88},
    {"Rules/channel", page_89, sizeof page_89},
    {"Rules/edge", page_90, sizeof page_90},
    {"Rules/entry", page_91, sizeof page_91},
    {"Rules/eps", page_92, sizeof page_92},
    {"Rules/extra-term", page_93, sizeof page_93},
    {"Rules/factor", page_94, sizeof page_94},
    {"Rules/flip", page_95, sizeof page_95},
    {"Rules/inherited", page_96, sizeof page_96},
    {"Rules/internal-error", page_97, sizeof page_97},
    {"Rules/kink", page_98, sizeof page_98},
    {"Rules/mask", page_99, sizeof page_99},
    {"Rules/mean-for-sum", page_100, sizeof page_100},
    {"Rules/missing-sum", page_101, sizeof page_101},
    {"Rules/missing-term", page_102, sizeof page_102},
    {"Rules/output-padding", page_103, sizeof page_103},
    {"Rules/shape", page_104, sizeof page_104},
    {"Rules/sign", page_105, sizeof page_105},
    {"Rules/stride-and-dilation", page_106, sizeof page_106},
    {"Rules/sum-for-mean", page_107, sizeof page_107},
    {"Rules/transpose", page_108, sizeof page_108},
    {"Rules/undecided", page_109, sizeof page_109},
    {"Rules/unexplained", page_110, sizeof page_110},
};

gradcheck_help_page gradcheck_help_page_at(size_t index) {
  const gradcheck_help_page none = {NULL, NULL, 0};
  return index < sizeof pages / sizeof *pages ? pages[index] : none;
}
