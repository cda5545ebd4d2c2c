using System.Xml.Linq;

namespace Kendt.Tests.Architecture;

/// <summary>Who may reference whom, read from the project files.</summary>
public static class ProjectRules
{
    private static readonly string[] Below = ["Maths", "Model", "Store", "Govern"];
    private static readonly string[] Seven = ["Collect", "Unify", "Profiles", "Segments", "Predict", "Audiences", "Activate"];

    /// <summary>Each room, and the rooms that it may reference. A room that is not built yet is simply not there.</summary>
    public static IReadOnlyDictionary<string, string[]> MayReference { get; } = new Dictionary<string, string[]>
    {
        ["Maths"] = [],
        ["Model"] = ["Maths"],
        ["Store"] = ["Maths", "Model"],
        ["Govern"] = ["Maths", "Model", "Store"],
        ["Collect"] = Below,
        ["Unify"] = Below,
        ["Profiles"] = Below,
        ["Segments"] = Below,
        ["Predict"] = Below,
        ["Audiences"] = Below,
        ["Activate"] = Below,
        ["Studio"] = [.. Below, .. Seven],
        ["Server"] = [.. Below, .. Seven, "Studio", "Samples"],
        ["Samples"] = [],
    };

    private static readonly string[] Engines = ["DuckDB.NET", "Npgsql", "Microsoft.Data.Sqlite"];

    /// <summary>References that go sideways or up, and projects that the table does not know.</summary>
    public static IEnumerable<string> Edges(SourceFile project)
    {
        var from = NameOf(project.Path);
        if (!MayReference.TryGetValue(from, out var allowed)) return [$"{project.Path}: '{from}' is not in the table of rooms."];
        return References(project, "ProjectReference").Select(NameOf).Where(to => !allowed.Contains(to)).Select(to => $"{project.Path}: {from} may not reference {to}.");
    }

    /// <summary>Database drivers are the Store's, ASP.NET is Studio's and the Server's.</summary>
    public static IEnumerable<string> Packages(SourceFile project)
    {
        var name = NameOf(project.Path);
        foreach (var package in References(project, "PackageReference"))
        {
            if (name != "Store" && Engines.Any(e => package.StartsWith(e, StringComparison.OrdinalIgnoreCase))) yield return $"{project.Path}: only Kendt.Store references {package}.";
            if (name is not ("Studio" or "Server") && package.StartsWith("Microsoft.AspNetCore", StringComparison.OrdinalIgnoreCase)) yield return $"{project.Path}: only Studio and Server reference {package}.";
        }
        if (name is "Studio" or "Server") yield break;
        if (XDocument.Parse(project.Text).Root!.Attribute("Sdk")?.Value is { } sdk && sdk != "Microsoft.NET.Sdk") yield return $"{project.Path}: only Studio and Server are built with {sdk}.";
        foreach (var framework in References(project, "FrameworkReference")) yield return $"{project.Path}: only Studio and Server reference {framework}.";
    }

    /// <summary>What would take a project out of the reach of BannedSymbols.txt.</summary>
    public static IEnumerable<string> BannedSymbols(SourceFile file)
    {
        if (file.Path.EndsWith("Directory.Build.props", StringComparison.Ordinal) && !IsWired(file)) yield return $"{file.Path}: BannedSymbols.txt and its analyser are not wired in.";
        if (file.Path.EndsWith(".editorconfig", StringComparison.Ordinal) && file.Text.Contains("RS0030", StringComparison.Ordinal)) yield return $"{file.Path}: RS0030 is not to be weakened.";
        if (!file.Path.EndsWith("proj", StringComparison.Ordinal)) yield break;
        if (file.Text.Contains("RS0030", StringComparison.Ordinal)) yield return $"{file.Path}: RS0030 is not to be silenced.";
        foreach (var word in new[] { "ImportDirectoryBuildProps", "RunAnalyzers", "<TreatWarningsAsErrors>false" })
        {
            if (file.Text.Contains(word, StringComparison.OrdinalIgnoreCase)) yield return $"{file.Path}: {word} would switch the analysers off.";
        }
    }

    public static string NameOf(string path)
    {
        var name = path.Replace('\\', '/').Split('/')[^1].Replace(".csproj", "", StringComparison.Ordinal);
        return name.StartsWith("Kendt.", StringComparison.Ordinal) ? name["Kendt.".Length..] : name;
    }

    private static bool IsWired(SourceFile props) =>
        References(props, "AdditionalFiles").Any(f => f.EndsWith("BannedSymbols.txt", StringComparison.Ordinal))
        && References(props, "PackageReference").Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers")
        && props.Text.Contains("<TreatWarningsAsErrors>true", StringComparison.Ordinal);

    private static IEnumerable<string> References(SourceFile project, string kind) =>
        XDocument.Parse(project.Text).Descendants(kind).Select(e => (e.Attribute("Include") ?? e.Attribute("Update"))?.Value).OfType<string>();
}
