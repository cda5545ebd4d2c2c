namespace Kendt.Maths;

/// <summary>Sets of the numbers from 0 up to a size, that are joined two at a time (union by size, path halving; Tarjan 1975).</summary>
public sealed class DisjointSets(int size)
{
    // Below zero: a root, and how many are in its set.
    private readonly int[] _parent = Filled(size);

    /// <summary>The number that stands for the set of <paramref name="item"/>.</summary>
    public int Find(int item)
    {
        while (_parent[item] >= 0)
        {
            var parent = _parent[item];
            if (_parent[parent] >= 0) _parent[item] = _parent[parent];
            item = parent;
        }
        return item;
    }

    /// <summary>How many are in the set whose root this is.</summary>
    public int Size(int root) => -_parent[root];

    /// <summary>Joins the sets of two roots; gives the root that stays: that of the larger set, of equal ones the lower number.</summary>
    public int Join(int left, int right)
    {
        if (left == right) return left;
        if (_parent[left] > _parent[right] || _parent[left] == _parent[right] && left > right) (left, right) = (right, left);
        _parent[left] += _parent[right];
        _parent[right] = left;
        return left;
    }

    private static int[] Filled(int size)
    {
        var parents = new int[size];
        Array.Fill(parents, -1);
        return parents;
    }
}
