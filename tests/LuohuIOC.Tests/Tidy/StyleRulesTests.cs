using Xunit;

namespace LuohuIOC.Tests.Tidy;

/// <summary>Each rule finds its fault in a small bad example and leaves a good one alone: a rule that never bites is no rule.</summary>
public sealed class StyleRulesTests
{
    private const string Product = "src/LuohuIOC/History/Sample.cs";
    private static readonly Dictionary<string, Func<SourceFile, IEnumerable<string>>> Rules = new()
    {
        ["length"] = StyleRules.Length,
        ["names"] = StyleRules.Names,
        ["folders"] = StyleRules.Folders,
        ["namespace"] = StyleRules.Namespace,
        ["catch"] = StyleRules.EmptyCatch,
        ["unfinished"] = StyleRules.Unfinished,
        ["tests"] = StyleRules.SkippedOrSleeping,
        ["clock"] = StyleRules.ClockAndTasks,
        ["chinese"] = StyleRules.ChineseLiterals,
    };

    [Theory]
    [InlineData("names", "class ReadingManager;")]
    [InlineData("names", "interface IStringHelpers;")]
    [InlineData("names", "record HistoryService;")]
    [InlineData("names", "delegate void MQTTProcessor();")]
    [InlineData("namespace", "namespace LuohuIOC.Alerts;")]
    [InlineData("namespace", "namespace LuohuIOC.History { }")]
    [InlineData("namespace", "class NoHome;")]
    [InlineData("catch", "class A { void B() { try { } catch { } } }")]
    [InlineData("catch", "class A { void B() { try { } catch { /* never mind */ } } }")]
    [InlineData("catch", "class A { void B() { try { } catch (Exception) { } } }")]
    [InlineData("unfinished", "// TO" + "DO later")]
    [InlineData("unfinished", "class A { int B() => throw new NotImplementedException(); }")]
    [InlineData("tests", "class A { [Fact(Skip = \"slow\")] void B() { } }")]
    [InlineData("tests", "class A { void B() => System.Threading.Thread.Sleep(5); }")]
    [InlineData("tests", "class A { async Task B() => await Task.Delay(5); }")]
    [InlineData("clock", "class A { DateTime B => System.DateTime.UtcNow; }")]
    [InlineData("clock", "class A { void B() { _ = Task.Run(() => 1); } }")]
    [InlineData("clock", "class A { void B() { Task.Run(() => 1); } }")]
    [InlineData("chinese", "class A { string B = \"水位\"; }")]
    [InlineData("chinese", "class A { string B = $\"水位{1}\"; }")]
    [InlineData("chinese", "class A { char B = '水'; }")]
    public void Finds_the_fault(string rule, string code) => Assert.NotEmpty(Rules[rule](new SourceFile(Product, code)));

    [Theory]
    [InlineData("names", "class TideStation; record Utilisation; class ServiceArea;")]
    [InlineData("namespace", "namespace LuohuIOC.History; class A;")]
    [InlineData("catch", "class A { void B() { try { } catch (OperationCanceledException) { /* the host is stopping */ } } }")]
    [InlineData("catch", "class A { void B() { try { } catch { throw; } } }")]
    [InlineData("unfinished", "class HackneyCarriage { string Todo; }")]
    [InlineData("tests", "class A { void B() => Enumerable.Range(0, 3).Skip(1); }")]
    [InlineData("clock", "class A { async Task B(TimeProvider c) { await Task.Run(() => 1); c.GetUtcNow(); } }")]
    [InlineData("chinese", "class A { /* 水位 */ string B = \"level\"; }")]
    public void Leaves_good_code_alone(string rule, string code) => Assert.Empty(Rules[rule](new SourceFile(Product, code)));

    [Theory]
    [InlineData("src/LuohuIOC/Services/A.cs", false)]
    [InlineData("src/LuohuIOC/A/B/C/D/E.cs", false)]
    [InlineData("src/LuohuIOC/Command/ThreeDefence/Plans/E.cs", true)]
    public void Judges_folders(string path, bool good) => Assert.Equal(good, !StyleRules.Folders(new SourceFile(path, "")).Any());

    [Theory]
    [InlineData(400, 58, true)]
    [InlineData(401, 58, false)]
    [InlineData(100, 59, false)]
    public void Measures_files_and_methods(int fileLines, int bodyLines, bool good)
    {
        // A method of its head, its brace, the body and the closing brace on the body's last line.
        var method = "class A {\nvoid B()\n{\n" + string.Concat(Enumerable.Repeat("C();\n", bodyLines - 1)) + "} }";
        var text = method + string.Concat(Enumerable.Repeat("\n//", fileLines - method.Split('\n').Length));
        Assert.Equal(good, !StyleRules.Length(new SourceFile(Product, text)).Any());
    }
}
