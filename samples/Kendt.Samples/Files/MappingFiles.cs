using System.Reflection;

namespace Kendt.Samples;

/// <summary>Writes the mappings, which are kept as they are in the assembly.</summary>
internal static class MappingFiles
{
    private const string Prefix = "mappings/";

    public static async Task WriteAsync(string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.Combine(folder, "mappings"));
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            await using var resource = assembly.GetManifestResourceStream(name)!;
            await using var file = File.Create(Path.Combine(folder, "mappings", name[Prefix.Length..]));
            await resource.CopyToAsync(file, cancel);
        }
    }
}
