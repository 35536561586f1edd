namespace LuohuIOC.Detection.Nowcast;

/// <summary>One regression tree. Node 0 is the root; a child ≥ 0 is a node, a child below 0 the leaf <c>~child</c>.</summary>
/// <param name="Features">Feature that each node looks at.</param>
/// <param name="Thresholds">Up to and with this value the way goes left.</param>
/// <param name="Left">Left child of each node.</param>
/// <param name="Right">Right child of each node.</param>
/// <param name="Leaves">Value of each leaf, already times the tree's weight.</param>
public sealed record RegressionTree(int[] Features, float[] Thresholds, int[] Left, int[] Right, float[] Leaves)
{
    public double Score(ReadOnlySpan<float> row)
    {
        if (Features.Length == 0) return Leaves[0];
        var node = 0;
        while (node >= 0) node = row[Features[node]] <= Thresholds[node] ? Left[node] : Right[node];
        return Leaves[~node];
    }

    internal bool IsSound(int width)
    {
        if (Leaves.Length != Features.Length + 1) return false;
        if (Thresholds.Length != Features.Length || Left.Length != Features.Length || Right.Length != Features.Length) return false;
        for (var n = 0; n < Features.Length; n++)
            if ((uint)Features[n] >= (uint)width || !IsBelow(n, Left[n]) || !IsBelow(n, Right[n])) return false;
        return Array.TrueForAll(Leaves, float.IsFinite);
    }

    // Children come after their parent, so that a walk ends.
    private bool IsBelow(int node, int child) => child >= 0 ? child > node && child < Features.Length : ~child < Leaves.Length;
}

/// <summary>Boosted regression trees as ML.NET's FastTree found them, complete for scoring without ML.NET. Immutable; scoring allocates nothing.</summary>
public sealed record TreeEnsemble(double Bias, RegressionTree[] Trees)
{
    /// <param name="row">In the order of the features that it was trained with; no NaN.</param>
    public double Score(ReadOnlySpan<float> row)
    {
        var sum = Bias;
        foreach (var tree in Trees) sum += tree.Score(row);
        return sum;
    }
}
