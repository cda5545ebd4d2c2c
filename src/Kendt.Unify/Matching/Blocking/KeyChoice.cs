using Kendt.Maths;

namespace Kendt.Unify.Matching.Blocking;

/// <summary>
/// Chooses by which keys (one atom, or two of different fields) records are brought together. What a key would find is simulated: pairs of
/// records with the gaps that the data really have, whose values survive by chance; what it costs is counted in a sample. The keys that find
/// most that others do not, for each pair compared, are taken until the budget is spent or nothing is left to gain.
/// </summary>
internal static class KeyChoice
{
    private const int Sample = 50_000, Simulated = 4096, MostKeys = 24;

    // How often people's place changes as a whole between two records.
    private const double Moves = 0.2;

    public static List<Atom[]> Choose(RecordSet records, IReadOnlyList<Atom> atoms, int largest, long budget, Chance chance)
    {
        var keys = new List<Atom[]>();
        for (var i = 0; i < atoms.Count; i++)
        {
            keys.Add([atoms[i]]);
            for (var j = i + 1; j < atoms.Count; j++) if (atoms[i].Field != atoms[j].Field) keys.Add([atoms[i], atoms[j]]);
        }
        var costs = new double[keys.Count];
        var salt = chance.Next();
        int[] sample = [.. Enumerable.Range(0, records.Count).Where(r => Hash.Mix(salt, (ulong)r) <= (double)Sample / records.Count * ulong.MaxValue)];
        Parallel.For(0, keys.Count, k => costs[k] = Cost(records, sample, keys[k], largest));
        var survived = Simulate(records, atoms, chance);
        var found = keys.ConvertAll(key => Array.ConvertAll(survived, s => key.All(atom => (s >> IndexOf(atoms, atom) & 1) != 0)));
        var chosen = new List<Atom[]>();
        var missed = new bool[Simulated];
        Array.Fill(missed, true);
        var weight = new double[Simulated];
        Array.Fill(weight, 1);
        var spent = 0.0;
        while (chosen.Count < MostKeys)
        {
            var (best, worth, gained) = (-1, 0.0, 0.0);
            for (var k = 0; k < keys.Count; k++)
            {
                if (costs[k] < 0 || spent + costs[k] > budget) continue;
                double gain = 0;
                for (var s = 0; s < Simulated; s++) if (found[k][s]) gain += weight[s];
                var per = gain / (costs[k] + 0.05 * records.Count);
                if (gain > 0.002 * Simulated && per > worth) (best, worth, gained) = (k, per, gain);
            }
            if (best < 0) break;
            chosen.Add(keys[best]);
            spent += costs[best];
            costs[best] = -1;
            // Found once is good, found by several keys is safer: what is assumed of survival may be wrong.
            for (var s = 0; s < Simulated; s++) if (found[best][s]) weight[s] *= 0.15;
        }
        return chosen;
    }

    private static int IndexOf(IReadOnlyList<Atom> atoms, Atom atom)
    {
        for (var i = 0; i < atoms.Count; i++) if (ReferenceEquals(atoms[i], atom)) return i;
        return -1;
    }

    // Pairs that a key would bring together, from those in a sample; large blocks are cut.
    private static double Cost(RecordSet records, int[] sample, Atom[] key, int largest)
    {
        var counts = new Dictionary<ulong, int>(sample.Length);
        foreach (var record in sample)
        {
            var code = Blocks.Code(records[record], key);
            if (code != 0) System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, code, out _)++;
        }
        var scale = (double)records.Count / sample.Length;
        double pairs = 0;
        foreach (var count in counts.Values)
        {
            if (count == 1) continue;
            var members = scale > 1 ? (count - 1) * scale : count;
            pairs += count * scale * Math.Min(members, largest) / 2;
        }
        return pairs;
    }

    private static ulong[] Simulate(RecordSet records, IReadOnlyList<Atom> atoms, Chance chance)
    {
        var survived = new ulong[Simulated];
        for (var s = 0; s < survived.Length; s++)
        {
            var left = records[chance.Below(records.Count)];
            var right = records[chance.Below(records.Count)];
            var moved = chance.Below(1000) < 1000 * Moves;
            var lucky = 0;
            var field = -1;
            for (var a = 0; a < Math.Min(64, atoms.Count); a++)
            {
                var atom = atoms[a];
                // Atoms of one field survive together.
                if (atom.Field != field) (field, lucky) = (atom.Field, chance.Below(1000));
                if (atom.Codes[left[atom.Field]] == 0 || atom.Codes[right[atom.Field]] == 0) continue;
                if (lucky < 1000 * atom.Survives && !(moved && atom.IsPlace)) survived[s] |= 1UL << a;
            }
        }
        return survived;
    }
}
