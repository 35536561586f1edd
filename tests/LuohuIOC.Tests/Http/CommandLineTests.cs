using LuohuIOC.Http;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class CommandLineTests
{
    private static readonly Dictionary<string, string> Switches = new() { ["--data"] = "DataDirectory", ["--to"] = "to" };

    [Theory]
    [InlineData("a.tar --data /d --force", "a.tar", "/d")]
    [InlineData("--force --data=/d a.tar", "a.tar", "/d")]
    [InlineData("--DataDirectory=/d a.tar --Cluster:PostgreSql Host=x", "a.tar", "/d")]
    [InlineData("--datadirectory /d /a.tar --SecretsDirectory=/s", "/a.tar", "/d")]
    public void Its_own_switches_and_settings_of_the_host_are_taken(string args, string word, string data)
    {
        var line = CommandLine.Read(args.Split(' '), Switches, "--force", wordsMax: 1);
        Assert.Null(line.Answer("restore.usage", TextWriter.Null, TextWriter.Null));
        Assert.Equal((word, data, args.Contains("--force")), (Assert.Single(line.Words), line["DataDirectory"], line.Has("--force")));
    }

    [Theory]
    [InlineData("a.tar --bogus", "--bogus")]
    [InlineData("a.tar --bogus=3", "--bogus")]
    [InlineData("a.tar b.tar", "b.tar")]
    [InlineData("a.tar -f", "-f")]
    [InlineData("a.tar --forced", "--forced")]
    [InlineData("a.tar --data", "--data")]
    [InlineData("a.tar --data --force", "--data")]
    public void Anything_else_is_told_by_its_name(string args, string name)
    {
        using var notes = new StringWriter();
        Assert.Equal(2, CommandLine.Read(args.Split(' '), Switches, "--force", wordsMax: 1).Answer("restore.usage", TextWriter.Null, notes));
        Assert.Contains($"\"{name}\"", notes.ToString());
        Assert.Single(notes.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("a.tar -h")]
    [InlineData("--bogus --help")]
    [InlineData("help")]
    public void The_usage_is_told_to_whoever_asks(string args)
    {
        using var output = new StringWriter();
        Assert.Equal(0, CommandLine.Read(args.Split(' '), Switches, "--force", wordsMax: 1).Answer("restore.usage", output, TextWriter.Null));
        Assert.Contains("./ioc restore", output.ToString());
    }

    /// <summary>As the configuration reads them, which passes over the rest without a word.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData("--Http:Port=8081", null)]
    [InlineData("--Http:Port 8081 --Mqtt:Port=0", null)]
    [InlineData("/Http:Port 8081 Mqtt:Port=0 --Wall:Tick", null)]
    [InlineData("bogus", "bogus")]
    [InlineData("backups --data /d", "backups")]
    [InlineData("--Http:Port 8081 8082", "8082")]
    [InlineData("--Http:Port=8081 restore a.tar", "restore")]
    [InlineData("-v", "-v")]
    public void A_word_that_sets_nothing_is_a_verb_written_wrong(string args, string? stray) =>
        Assert.Equal(stray, CommandLine.StrayOf(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
