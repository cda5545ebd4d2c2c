using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Normalise;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Batch;

/// <summary>Says what the fields of sources mean, and puts what means the same into one column.</summary>
internal static class FieldMap
{
    // Meanings that are put into one column each; the order does not matter.
    private static readonly Meaning[] Used = [.. Enum.GetValues<Meaning>().Where(m => m is not (Meaning.Nothing or Meaning.Words or Meaning.Category))];

    /// <summary>What each field of a source is taken for.</summary>
    public static IReadOnlyList<FieldUse> Of(SourceRows rows, MatchSource said) => [.. rows.Columns.Select(c => Of(rows, c, said))];

    private static FieldUse Of(SourceRows rows, Column column, MatchSource said)
    {
        var shape = ColumnShape.Of(column);
        var filled = rows.Units.Count == 0 ? 0 : (double)shape.Filled / rows.Units.Count;
        FieldUse Use(Meaning meaning, double confidence, string because, bool isGiven = false) => new(rows.Source, rows.IsAccount, column.Name, meaning, confidence, because, filled, isGiven);
        if (said.Map.TryGetValue(column.Name, out var given)) return Use(given, 1, "the configuration says so", isGiven: true);
        if (shape.Filled == 0) return Use(Meaning.Nothing, 1, "it is empty");
        var last = column.Name[(column.Name.LastIndexOf('.') + 1)..];
        var known = column.Name == "company.name" ? Meaning.CompanyName : Headings.Find(last);
        if (known is { } meaning && Settled(meaning, rows.IsAccount) is var settled && shape.Allows(settled))
            return settled is Meaning.Nothing ? Use(settled, 0.9, "it does not say who somebody is") : Use(settled, 0.95, "its name and its values agree");
        if (shape.Emails > 0.7) return Use(Meaning.Email, 0.8, "its values are e-mail addresses");
        if (shape.Dates > 0.9 && shape.Digits < 0.99) return Use(Meaning.Nothing, 0.7, "its values are dates");
        if (shape.Phones > 0.9 && column.Distinct > 20) return Use(Meaning.Phone, 0.6, "its values look like telephone numbers");
        return Use(Meaning.Nothing, 0.7, "neither its name nor its values say who somebody is");
    }

    private static Meaning Settled(Meaning meaning, bool isAccount) => meaning switch
    {
        Meaning.Words or Meaning.Category => Meaning.Nothing,
        Meaning.FullName when isAccount => Meaning.CompanyName,
        Meaning.GivenName or Meaning.Surname or Meaning.MiddleName or Meaning.BirthDate or Meaning.Gender when isAccount => Meaning.Nothing,
        Meaning.CompanyName or Meaning.Domain when !isAccount => Meaning.Nothing,
        // Numbers that a system gives its customers are identifiers and tie by themselves; here count those that one has everywhere.
        Meaning.Identity => Meaning.Nothing,
        _ => meaning,
    };

    /// <summary>One table of all sources of a kind: a column for each meaning, rows source after source, the first two columns naming them and their source.</summary>
    public static Table Combine(IReadOnlyList<SourceRows> sources, IReadOnlyList<FieldUse> uses, MatchConfig config)
    {
        var values = new SaidValues(config);
        var used = uses.Where(u => u.Meaning is not (Meaning.Nothing or Meaning.Words or Meaning.Category)).OrderByDescending(u => u.Confidence).ThenByDescending(u => u.Filled).ToLookup(u => (u.Source, u.Meaning), u => u.Field);
        var meanings = Used.Where(m => uses.Any(u => u.Meaning == m)).ToList();
        if (meanings.Contains(Meaning.FullName) && (meanings.Contains(Meaning.GivenName) || meanings.Contains(Meaning.Surname)))
            meanings = [.. meanings.Union([Meaning.GivenName, Meaning.Surname]).Where(m => m is not Meaning.FullName)];
        var ids = new Column("unit");
        foreach (var source in sources) foreach (var unit in source.Units) ids.Add(System.Text.Encoding.UTF8.GetBytes(Id(unit, source.Source)));
        var names = new Column("source");
        foreach (var source in sources) for (var row = 0; row < source.Units.Count; row++) names.Add(System.Text.Encoding.UTF8.GetBytes(source.Source));
        var combined = new List<Column> { ids, names };
        foreach (var meaning in meanings)
        {
            var column = new Column(MatchConfigFile.Word(meaning), meaning);
            foreach (var source in sources) Append(column, source, meaning, used, values.Of(source.Source, meaning));
            combined.Add(column);
        }
        return new(combined);
    }

    /// <summary>What names a unit's row: a source has no space in its name.</summary>
    public static string Id(Identifier unit, string source) => $"{unit} {source}";

    /// <summary>The unit that a row is named by.</summary>
    public static Identifier UnitOf(string id) => Identifier.TryParse(id[..id.LastIndexOf(' ')], out var unit) ? unit : throw new InvalidOperationException("A row is named by its unit and its source.");

    private static void Append(Column into, SourceRows source, Meaning meaning, ILookup<(string, Meaning), string> used, SaidValues.Reader? read)
    {
        var columns = used[(source.Source, meaning)].Select(f => source.Find(f)!).ToList();
        var whole = meaning is Meaning.GivenName or Meaning.Surname && columns.Count == 0 ? used[(source.Source, Meaning.FullName)].Select(f => source.Find(f)!).FirstOrDefault() : null;
        Span<byte> given = stackalloc byte[512], surname = stackalloc byte[512];
        for (var row = 0; row < source.Units.Count; row++)
        {
            if (whole is not null)
            {
                var name = whole.Value(whole.Numbers[row]);
                if (name.Length > 200) name = name[..200];
                var length = Names.Cut(name, given, surname, out var rest);
                var part = meaning is Meaning.GivenName ? given[..length] : surname[..rest];
                into.Add(read is null ? part : read.Make(part));
                continue;
            }
            ReadOnlySpan<byte> value = default;
            foreach (var column in columns)
            {
                value = read is null ? column.Value(column.Numbers[row]) : read.Value(column, column.Numbers[row]);
                if (!value.IsEmpty) break;
            }
            into.Add(value);
        }
    }
}
