using Kendt.Maths;
using Kendt.Model;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching.Rules;

/// <summary>What records must have in common for a rule to hold; two that differ in it need not be compared.</summary>
internal sealed record RuleKey(string Name, Func<int, ulong> Code);

/// <summary>The rules of a run, bound to its records.</summary>
internal sealed class RuleSet
{
    /// <summary>No rule holds.</summary>
    public const int None = -1;

    private readonly Bound[] _rules;

    /// <summary>Whether some rule asks for what only the table has that it was bound to: values as given, a source.</summary>
    public bool NeedsTable => _rules.Any(rule => rule.Within is not null || rule.All.Concat(rule.Unless).Any(c => c.Alternatives.Any(cells => cells.Any(cell => cell.Own is not null))));

    private RuleSet(Bound[] rules) => _rules = rules;

    /// <summary>What to bring together so that no pair of a rule is missed.</summary>
    public IReadOnlyList<RuleKey> Keys => [.. _rules.SelectMany(rule => rule.Keys())];

    /// <summary>Whether some rule has nothing but what is alike: its pairs must be found by keys that are chosen.</summary>
    public bool NeedsMoreKeys => _rules.Any(rule => rule.IsPossible && !rule.Keys().Any());

    /// <summary>Columns of which the values themselves are needed, beyond the fields made of them.</summary>
    public static HashSet<Column> Needed(IReadOnlyList<MatchRule> rules, IReadOnlyList<ColumnMeaning> columns, Field[] fields) =>
    [
        .. rules.SelectMany(rule => rule.All.Concat(rule.Unless)).SelectMany(c => Named(c.Of, columns).Where(column => c.How is Likeness.Exact || !fields.Any(f => f.Column == column.Name))),
    ];

    /// <summary>Binds rules to records.</summary>
    /// <exception cref="BadInputException">A rule cannot be understood; the message says which, and why.</exception>
    public static RuleSet Make(IReadOnlyList<MatchRule> rules, IReadOnlyList<ColumnMeaning> columns, RecordSet records, Column? source)
    {
        foreach (var rule in rules) Check(rule, rules, columns, source);
        var cells = new Dictionary<(Column, bool), Cell>();
        return new([.. rules.Select(rule => new Bound(rule.Name, Bind(rule.All), Bind(rule.Unless), Within(rule)))]);

        Condition[] Bind(IReadOnlyList<MatchCondition> conditions) => [.. conditions.Select(c => new Condition(c.How, c.AtLeast, Alternatives(c)))];

        Cell[][] Alternatives(MatchCondition c)
        {
            var named = Named(c.Of, columns).ToList();
            if (c.How is Likeness.Exact) return [.. named.Select(column => new[] { CellOf(column, exact: true) })];
            // A meaning may belong to a part of a column: the surname of a whole name.
            if (!columns.Any(column => Is(column, c.Of)) && Enum.TryParse<Meaning>(c.Of, ignoreCase: true, out var meaning) && Array.Exists(records.Fields, f => f.Meaning == meaning))
            {
                return [.. Enumerable.Range(0, records.Width).Where(f => records.Fields[f].Meaning == meaning).Select(f => new[] { new Cell(records, f, null, records.Fields[f].Values) })];
            }
            return [.. named.Select(column => Array.Exists(records.Fields, f => f.Column == column.Name)
                ? [.. Enumerable.Range(0, records.Width).Where(f => records.Fields[f].Column == column.Name).Select(f => new Cell(records, f, null, records.Fields[f].Values))]
                : new[] { CellOf(column, exact: false) })];
        }

        Cell CellOf(Column column, bool exact)
        {
            if (cells.TryGetValue((column, exact), out var known)) return known;
            if (exact) return cells[(column, exact)] = new(records, 0, Array.ConvertAll(records.Rows, row => column.Numbers[row]), null);
            var field = FieldMaker.Plain(column);
            return cells[(column, exact)] = new(records, 0, Array.ConvertAll(records.Rows, row => field.Rows[row]), field.Values);
        }

        Func<int, bool>? Within(MatchRule rule)
        {
            if (rule.Within is not { } name) return null;
            var number = Enumerable.Range(1, source!.Distinct).FirstOrDefault(n => source.Value(n).SequenceEqual(System.Text.Encoding.UTF8.GetBytes(name)));
            var numbers = source.Numbers.ToArray();
            return record => number != 0 && numbers[records.Rows[record]] == number;
        }
    }

    /// <summary>The first rule that makes two records one, or <see cref="None"/>.</summary>
    public int First(int left, int right)
    {
        for (var i = 0; i < _rules.Length; i++) if (_rules[i].Holds(left, right)) return i;
        return None;
    }

    private static void Check(MatchRule rule, IReadOnlyList<MatchRule> rules, IReadOnlyList<ColumnMeaning> columns, Column? source)
    {
        if (string.IsNullOrWhiteSpace(rule.Name)) throw new BadInputException("A rule has no name. Give each rule a 'name': links that it makes carry it.");
        if (rules.Count(r => r.Name == rule.Name) > 1) throw new BadInputException($"Two rules are named '{rule.Name}'. Give each its own name.");
        if (rule.All.Count == 0) throw new BadInputException($"Rule '{rule.Name}' has no conditions: it would make everybody one. Give it at least one under 'all'.");
        if (rule.Within is not null && source is null) throw new BadInputException($"Rule '{rule.Name}' is for the source '{rule.Within}' only, but no column says which source a row is from.");
        foreach (var condition in rule.All.Concat(rule.Unless))
        {
            if (condition.AtLeast is not (> 0 and <= 1)) throw new BadInputException($"Rule '{rule.Name}': how alike '{condition.Of}' must be is {condition.AtLeast}; it goes from above 0 to 1.");
            if (!Enum.IsDefined(condition.How)) throw new BadInputException($"Rule '{rule.Name}': '{condition.Of}' is compared in a way that is not known. It can be: {string.Join(", ", Enum.GetNames<Likeness>()).ToLowerInvariant()}.");
            if (!columns.Any(c => Is(c, condition.Of)) && !IsMeaning(condition.Of)) throw new BadInputException($"Rule '{rule.Name}': '{condition.Of}' is neither a column nor a meaning. Columns: {string.Join(", ", columns.Take(20).Select(c => c.Column.Name))}. Meanings: {string.Join(", ", Enum.GetNames<Meaning>())}.");
        }
    }

    private static IEnumerable<Column> Named(string of, IReadOnlyList<ColumnMeaning> columns)
    {
        if (columns.Any(c => Is(c, of))) return columns.Where(c => Is(c, of)).Select(c => c.Column);
        return IsMeaning(of) ? columns.Where(c => c.Meaning == Enum.Parse<Meaning>(of, ignoreCase: true)).Select(c => c.Column) : [];
    }

    private static bool Is(ColumnMeaning column, string name) => column.Column.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsMeaning(string name) => name.Length > 0 && char.IsLetter(name[0]) && Enum.TryParse<Meaning>(name, ignoreCase: true, out var meaning) && meaning is not Meaning.Nothing;

    // The values of records at one place: a field, or a column that none was made of.
    private sealed record Cell(RecordSet Records, int Field, int[]? Own, FieldValues? Values)
    {
        public int this[int record] => Own is null ? Records[record][Field] : Own[record];

        public bool IsAlike(int left, int right, double least)
        {
            if (left == right) return true;
            if (left == 0 || right == 0) return false;
            ref readonly var a = ref Values![left];
            ref readonly var b = ref Values[right];
            return Normalise.Names.ShareAlias(a.Alias, b.Alias) || TextDistance.JaroWinkler(Values.Whole(left), Values.Whole(right)) >= least;
        }
    }

    // One of the alternatives must hold; an alternative is one place, or the parts of a whole name.
    private sealed record Condition(Likeness How, double AtLeast, Cell[][] Alternatives)
    {
        public bool IsEqual => How is Likeness.Exact or Likeness.Normalised;

        public bool Holds(int left, int right)
        {
            foreach (var cells in Alternatives) if (Holds(cells, left, right)) return true;
            return false;
        }

        private bool Holds(Cell[] cells, int left, int right)
        {
            if (cells[0][left] == 0 || cells[0][right] == 0) return false;
            foreach (var cell in cells)
            {
                var (a, b) = (cell[left], cell[right]);
                var holds = How switch
                {
                    Likeness.Fuzzy => cell.IsAlike(a, b, AtLeast),
                    Likeness.Different => a != 0 && b != 0 && !cell.IsAlike(a, b, AtLeast),
                    _ => a == b,
                };
                // Of a whole name, one part that differs makes it different.
                if (holds == How is Likeness.Different) return holds;
            }
            return How is not Likeness.Different;
        }
    }

    private sealed record Bound(string Name, Condition[] All, Condition[] Unless, Func<int, bool>? Within)
    {
        public bool IsPossible => All.All(c => c.Alternatives.Length > 0);

        public bool Holds(int left, int right)
        {
            foreach (var condition in All) if (!condition.Holds(left, right)) return false;
            foreach (var condition in Unless) if (condition.Holds(left, right)) return false;
            return Within is null || Within(left) && Within(right);
        }

        public IEnumerable<RuleKey> Keys()
        {
            IEnumerable<Cell[][]> keys = IsPossible && All.Any(c => c.IsEqual) ? [[]] : [];
            foreach (var condition in All.Where(c => c.IsEqual)) keys = keys.SelectMany(key => condition.Alternatives.Select(cells => (Cell[][])[.. key, cells]));
            return keys.Select(key => new RuleKey($"rule '{Name}'", record => Code(key, record)));
        }

        private ulong Code(Cell[][] key, int record)
        {
            if (Within is not null && !Within(record)) return 0;
            ulong code = 0;
            foreach (var cells in key)
            {
                if (cells[0][record] == 0) return 0;
                foreach (var cell in cells) code = Hash.Mix(code, (uint)cell[record]);
            }
            return code | 1;
        }
    }
}
