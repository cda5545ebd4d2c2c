using System.Text.RegularExpressions;

namespace Kendt.Tests.Architecture;

/// <summary>A text file of the repository, or a sample that a rule is tried on.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
public sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The part after <c>Kendt.</c> of the project's name: Store, Govern ...</summary>
    public string Module => Path.Split('/') is ["src" or "samples", var project, ..] && project.StartsWith("Kendt.", StringComparison.Ordinal) ? project["Kendt.".Length..] : "";

    /// <summary>The text without comments, in as many lines.</summary>
    public string Code => Comments().Replace(Text, "");

    [GeneratedRegex(@"^[ \t]*//.*$|(?<=[;{}),\s])//[ ].*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Comments();
}

/// <summary>The repository that these tests were built from.</summary>
public static class Tree
{
    private static readonly string[] NotOurs = [".git", ".vs", ".idea", ".vscode", "artifacts", "bin", "obj", "node_modules", "TestResults", "kendt-data", "kendt-demo", "grocer", "data"];
    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".woff2", ".parquet", ".gz", ".zst", ".dll"];
    private static readonly Lazy<IReadOnlyList<SourceFile>> Read = new(() => [.. Walk(FindRoot(AppContext.BaseDirectory)).OrderBy(f => f.Path, StringComparer.Ordinal)]);

    /// <summary>The folder with Kendt.slnx, above the tests' own assembly.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every text file of the project.</summary>
    public static IReadOnlyList<SourceFile> All => Read.Value;

    /// <summary>Files of some folders (<c>src/</c>) with one of the endings.</summary>
    public static IReadOnlyList<SourceFile> Files(IReadOnlyList<string> folders, params string[] endings) =>
        [.. All.Where(f => folders.Any(folder => f.Path.StartsWith(folder, StringComparison.Ordinal)) && endings.Any(e => f.Path.EndsWith(e, StringComparison.Ordinal)))];

    /// <summary>The C# of the product.</summary>
    public static IReadOnlyList<SourceFile> Source => Files(["src/"], ".cs");

    /// <summary>The rule holds; or the test fails with every fault on a line of its own.</summary>
    public static void Holds(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static string FindRoot(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kendt.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException($"There is no Kendt.slnx above '{from}'.");
    }

    private static IEnumerable<SourceFile> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(file) == ".git" || Binary.Contains(Path.GetExtension(file))) continue;
            yield return new(Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file).ReplaceLineEndings("\n"));
        }
        foreach (var child in Directory.EnumerateDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))))
        {
            foreach (var file in Walk(child)) yield return file;
        }
    }
}
