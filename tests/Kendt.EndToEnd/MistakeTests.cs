using System.Net;
using System.Net.Sockets;

namespace Kendt.EndToEnd;

/// <summary>What people get wrong: each mistake is answered with what to mend, status 2 (or 1 where it is the machine's), and no stack trace.</summary>
public sealed class MistakeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("import nothing-here.csv --mapping also-missing.yaml", "There is no file")]
    [InlineData("sql DROP", "read-only")]
    [InlineData("sql SELECT nothing FROM nowhere", "nowhere")]
    [InlineData("source add Bad_Name!", "Bad_Name")]
    [InlineData("token add x --scope everything", "profiles:read")]
    [InlineData("serve --port 99999", "65535")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("demo --people 1", "--people")]
    public async Task A_mistake_is_said_in_a_sentence(string line, string says)
    {
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        var words = line.Split(' ');
        string[] arguments = words[0] == "sql" ? ["sql", string.Join(' ', words[1..])] : words;
        var ended = await KendtProcess.RunAsync([.. arguments, "--data", workspace.Folder], workspace, Cancel);
        Assert.Equal(2, ended.Status);
        Assert.Contains(says, ended.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", ended.Output + ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_mapping_names_its_faults_and_changes_nothing()
    {
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        var data = Path.Combine(workspace.Folder, "data");
        await File.WriteAllTextAsync(Path.Combine(workspace.Folder, "a.csv"), "id,name\n1,Anna\n", Cancel);
        await File.WriteAllTextAsync(Path.Combine(workspace.Folder, "a.yaml"), "source: crm\nrows: records\nkey: number\ncolumns:\n  name: { trait: firstName, colour: red }\n", Cancel);
        var ended = await KendtProcess.RunAsync(["import", Path.Combine(workspace.Folder, "a.csv"), "--mapping", Path.Combine(workspace.Folder, "a.yaml"), "--data", data], workspace, Cancel);
        Assert.Equal(2, ended.Status);
        Assert.Contains("colour", ended.Error, StringComparison.Ordinal);
        Assert.Equal("n\n0\n", (await KendtProcess.RunAsync(["sql", "SELECT count(*) AS n FROM record", "--data", data], workspace, Cancel)).Ok);
    }

    [Fact]
    public async Task A_broken_line_is_kept_as_a_dead_letter_and_the_rest_is_taken()
    {
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        var data = Path.Combine(workspace.Folder, "data");
        await File.WriteAllTextAsync(Path.Combine(workspace.Folder, "a.csv"), "id,name,email\n1,Anna,anna@example.com\n2,Bo\n3,\"Carl,carl@example.com\n4,Dan,dan@example.com\n", Cancel);
        await File.WriteAllTextAsync(Path.Combine(workspace.Folder, "a.yaml"), "source: crm\nrows: records\nkey: id\ncolumns:\n  name: { trait: firstName }\n  email: { identifier: email, trait: email }\n", Cancel);
        var ended = await KendtProcess.RunAsync(["import", Path.Combine(workspace.Folder, "a.csv"), "--mapping", Path.Combine(workspace.Folder, "a.yaml"), "--data", data], workspace, Cancel);
        Assert.True(ended.Status == 0, ended.Error);
        var counts = (await KendtProcess.RunAsync(["sql", "SELECT (SELECT count(*) FROM record) AS taken, (SELECT count(*) FROM dead_letter WHERE origin LIKE 'import:%') AS letters", "--data", data], workspace, Cancel)).Ok;
        var numbers = counts.Split('\n')[1].Split(',').Select(int.Parse).ToArray();
        Assert.Equal(4, numbers.Sum());
        Assert.InRange(numbers[0], 2, 3);
    }

    [Fact]
    public async Task A_port_in_use_and_a_folder_that_is_a_file_are_said_plainly()
    {
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var used = await KendtProcess.RunAsync(["serve", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--data", Path.Combine(workspace.Folder, "data")], workspace, Cancel);
        Assert.Equal(1, used.Status);
        Assert.Contains($"Port {port} is in use", used.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(workspace.Folder, "file"), "", Cancel);
        var file = await KendtProcess.RunAsync(["sql", "SELECT 1", "--data", Path.Combine(workspace.Folder, "file")], workspace, Cancel);
        Assert.Equal(2, file.Status);
        Assert.Contains("is a file", file.Error, StringComparison.Ordinal);
    }
}
