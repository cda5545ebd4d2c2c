namespace Kendt.Maths;

/// <summary>Finds edges of a graph that alone hold two parts of it together (Tarjan 1974).</summary>
public static class Bridges
{
    /// <summary>All bridges of a graph.</summary>
    /// <param name="nodes">How many nodes there are, numbered from 0.</param>
    /// <param name="edges">Pairs of nodes; parallel ones are not bridges.</param>
    /// <returns>For each bridge the place of its edge, and how many nodes of its part lie beyond it, seen from where the search began.</returns>
    public static IReadOnlyList<(int Edge, int Beyond, int Part)> Find(int nodes, ReadOnlySpan<(int Left, int Right)> edges)
    {
        var starts = new int[nodes + 1];
        foreach (var (left, right) in edges)
        {
            starts[left + 1]++;
            starts[right + 1]++;
        }
        for (var node = 0; node < nodes; node++) starts[node + 1] += starts[node];
        var ties = new int[edges.Length * 2];
        var next = starts.AsSpan(0, nodes).ToArray();
        for (var edge = 0; edge < edges.Length; edge++)
        {
            ties[next[edges[edge].Left]++] = edge;
            ties[next[edges[edge].Right]++] = edge;
        }
        starts.AsSpan(0, nodes).CopyTo(next);
        var (entered, lowest, below, by) = (new int[nodes], new int[nodes], new int[nodes], new int[nodes]);
        var found = new List<(int Edge, int Beyond, int Part)>();
        var path = new Stack<int>();
        var time = 0;
        for (var root = 0; root < nodes; root++)
        {
            if (entered[root] != 0) continue;
            var first = found.Count;
            Enter(root, -1);
            while (path.TryPeek(out var node))
            {
                if (next[node] < starts[node + 1])
                {
                    var tie = ties[next[node]++];
                    var other = edges[tie].Left == node ? edges[tie].Right : edges[tie].Left;
                    if (tie == by[node]) continue;
                    if (entered[other] == 0) Enter(other, tie);
                    else lowest[node] = Math.Min(lowest[node], entered[other]);
                    continue;
                }
                path.Pop();
                if (!path.TryPeek(out var parent)) break;
                lowest[parent] = Math.Min(lowest[parent], lowest[node]);
                below[parent] += below[node];
                if (lowest[node] > entered[parent]) found.Add((by[node], below[node], 0));
            }
            for (var i = first; i < found.Count; i++) found[i] = found[i] with { Part = below[root] };
        }
        return found;

        void Enter(int node, int tie)
        {
            entered[node] = lowest[node] = ++time;
            (by[node], below[node]) = (tie, 1);
            path.Push(node);
        }
    }
}
