using System.Text.RegularExpressions;

namespace Kendt.Tests.Architecture;

/// <summary>What holds for the text of the source, whatever is built.</summary>
public static partial class SourceRules
{
    public const int LongestFile = 300, MostParameters = 6;

    /// <summary>Constructors that may be wider, and why.</summary>
    public static IReadOnlyDictionary<string, string> WideConstructors { get; } = new Dictionary<string, string>
    {
        ["Permit"] = "a proof carries all that it was granted on, and only Govern calls it",
    };

    /// <summary>Database drivers belong to the Store, ASP.NET to Studio and the Server.</summary>
    public static IEnumerable<string> Drivers(SourceFile file)
    {
        if (file.Module != "Store") foreach (Match m in Driver().Matches(file.Code)) yield return $"{At(file, file.Code, m)}: {m.Value} outside Kendt.Store.";
        if (file.Module is not ("Studio" or "Server")) foreach (Match m in Web().Matches(file.Code)) yield return $"{At(file, file.Code, m)}: {m.Value} outside Studio and Server.";
    }

    /// <summary>SQL goes through <c>Sql.Of</c>: commands are made in the Store only.</summary>
    public static IEnumerable<string> Commands(SourceFile file) =>
        file.Module == "Store" ? [] : DbCommand().Matches(file.Code).Select(m => $"{At(file, file.Code, m)}: {m.Value} outside Kendt.Store. Write the SQL with Sql.Of.");

    public static IEnumerable<string> Length(SourceFile file) =>
        file.Text.TrimEnd('\n').Split('\n').Length is > LongestFile and var lines ? [$"{file.Path}: {lines} lines. Cut it in two by what it does."] : [];

    /// <summary>Constructors of classes and structs; a record that is a row of values may have as many as the row.</summary>
    public static IEnumerable<string> Constructors(SourceFile file)
    {
        var code = file.Code;
        var classes = ClassHead().Matches(code).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var primary = ClassHead().Matches(code).Where(m => m.Groups["open"].Success).Select(m => (m, Name: m.Groups["name"].Value));
        var ordinary = ConstructorHead().Matches(code).Where(m => classes.Contains(m.Groups["name"].Value)).Select(m => (m, Name: m.Groups["name"].Value));
        foreach (var (match, name) in primary.Concat(ordinary))
        {
            var count = Parameters(code, match.Groups["open"].Index + 1);
            if (count > MostParameters && !WideConstructors.ContainsKey(name)) yield return $"{At(file, code, match)}: {name} is made of {count} things. Put what belongs together into one.";
        }
    }

    /// <summary>Public types say what they are.</summary>
    public static IEnumerable<string> Summaries(IEnumerable<SourceFile> files)
    {
        var types = files.SelectMany(f => PublicType().Matches(f.Text).Select(m => (Name: f.Module + "." + m.Groups["name"].Value, Where: At(f, f.Text, m), Said: HasSummary(f.Text, m.Index))));
        return types.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => !g.Any(t => t.Said)).Select(g => $"{g.First().Where}: {g.Key} has no /// summary.");
    }

    /// <summary>Names that say nothing.</summary>
    public static IEnumerable<string> Names(SourceFile file) =>
        AnyType().Matches(file.Code).Where(m => EmptyName().IsMatch(m.Groups["name"].Value)).Select(m => $"{At(file, file.Code, m)}: '{m.Groups["name"].Value}' does not say what it does.");

    /// <summary>Work left for later, one machine's paths, and the addresses of package registries.</summary>
    public static IEnumerable<string> Leftovers(SourceFile file) =>
        Leftover().Matches(file.Text).Select(m => $"{At(file, file.Text, m)}: '{m.Value.Trim()}' does not belong into the project.");

    // Code has as many lines as the text it was made of.
    private static string At(SourceFile file, string read, Match match) => $"{file.Path}:{read.AsSpan(0, match.Index).Count('\n') + 1}";

    private static bool HasSummary(string text, int at)
    {
        var lines = text[..at].TrimEnd().Split('\n').Reverse().Select(l => l.Trim()).SkipWhile(l => l.StartsWith('[') || l.StartsWith('#') || l.EndsWith(")]", StringComparison.Ordinal));
        return lines.TakeWhile(l => l.StartsWith("///", StringComparison.Ordinal)).Any(l => l.Contains("<summary>", StringComparison.Ordinal) || l.Contains("<inheritdoc", StringComparison.Ordinal));
    }

    // Commas that stand in no brackets of their own, up to the parenthesis that closes.
    private static int Parameters(string code, int from)
    {
        var depth = 0;
        var commas = 0;
        var any = false;
        for (var i = from; i < code.Length; i++)
        {
            var c = code[i];
            if (c is '(' or '<' or '[' or '{') depth++;
            else if (c is ')' or '>' or ']' or '}' && --depth < 0) break;
            else if (c == ',' && depth == 0) commas++;
            any |= !char.IsWhiteSpace(c);
        }
        return any ? commas + 1 : 0;
    }

    [GeneratedRegex(@"\b(DuckDB\.NET|Npgsql|Microsoft\.Data\.Sqlite)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Driver();

    [GeneratedRegex(@"\bMicrosoft\.AspNetCore\.\w+", RegexOptions.ExplicitCapture)]
    private static partial Regex Web();

    [GeneratedRegex(@"\b(CommandText|DbCommand|NpgsqlCommand|SqliteCommand|DuckDBCommand)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex DbCommand();

    [GeneratedRegex(@"(?<!record )\b(class|(?<!record )struct)\s+(?<name>\w+)(<[^>(){]*>)?\s*(?<open>\()?", RegexOptions.ExplicitCapture)]
    private static partial Regex ClassHead();

    [GeneratedRegex(@"\b(public|internal|private|protected)\s+(?<name>\w+)\s*(?<open>\()", RegexOptions.ExplicitCapture)]
    private static partial Regex ConstructorHead();

    [GeneratedRegex(@"^[ \t]*public\s+((sealed|static|abstract|readonly|partial|ref|unsafe|new)\s+)*(class|record\s+struct|record\s+class|record|struct|enum|interface|delegate\s+[\w<>?,\[\] ]+?)\s+(?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\b(class|record|struct|enum|interface)\s+(?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex AnyType();

    [GeneratedRegex("(Manager|Helpers?|Util(s|ities)?|Service)$", RegexOptions.ExplicitCapture)]
    private static partial Regex EmptyName();

    // Written so that this file does not find itself.
    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HA[C]K|XX[X])\b|(?<![\w./-])/(work|home|root|mnt|Users)/\w+|\b[A-Z]:\\\\?Users|(api\.nuget|registry\.npmjs|registry\.yarnpkg|pypi|proxy\.golang|pythonhosted|artifactory|nexus)\.[a-z]+[/:.]|""resolved"": *""http", RegexOptions.ExplicitCapture)]
    private static partial Regex Leftover();
}
