using Xunit;

namespace LuohuIOC.Tests.Tidy;

public sealed class DependencyRulesTests
{
    private static readonly ILookup<string, string> Types =
        new[] { ("History", "StoredReading"), ("Wall", "Frame") }.ToLookup(t => t.Item1, t => t.Item2);

    [Theory]
    [InlineData("Ingestion", "using LuohuIOC.Sensing;")]
    [InlineData("Ingestion", "using static LuohuIOC.History.StoredReading;")]
    [InlineData("Ingestion", "using R = global::LuohuIOC.History.StoredReading;")]
    [InlineData("Alerts", "namespace LuohuIOC.Alerts; class A { LuohuIOC.Wall.Frame B; }")]
    [InlineData("Alerts", "namespace LuohuIOC.Alerts; class A { Wall.Frame B; }")]
    [InlineData("Alerts", "namespace LuohuIOC.Alerts; class A { object B = History.StoredReading.None; }")]
    [InlineData("Sensing", "using LuohuIOC.History;")]
    [InlineData("Texts", "using LuohuIOC.Http;")]
    [InlineData("Common", "namespace LuohuIOC.Common;")]
    public void Finds_a_use_that_points_upstream(string feature, string code) =>
        Assert.NotEmpty(DependencyRules.Forbidden(new SourceFile($"src/LuohuIOC/{feature}/Sample.cs", code), Types));

    [Theory]
    [InlineData("Ingestion/Sample.cs", "using LuohuIOC.Registry; namespace LuohuIOC.Ingestion;")]
    [InlineData("Wall/Sample.cs", "using LuohuIOC.Alerts; using LuohuIOC.DeviceProtocol;")]
    [InlineData("Sensing/Detectors/Sample.cs", "using LuohuIOC.History; namespace LuohuIOC.Sensing.Detectors;")]
    [InlineData("Alerts/Sample.cs", "namespace LuohuIOC.Alerts; class A { int History; int B => History.Length; }")]
    [InlineData("Program.cs", "using LuohuIOC.Wall;")]
    public void Leaves_a_use_downstream_alone(string path, string code) =>
        Assert.Empty(DependencyRules.Forbidden(new SourceFile($"src/LuohuIOC/{path}", code), Types));

    [Fact]
    public void The_table_has_no_circle()
    {
        var open = DependencyRules.Allowed.ToDictionary(r => r.Key, r => r.Value.ToHashSet());
        while (open.FirstOrDefault(r => r.Value.All(u => !open.ContainsKey(u))) is { Key: { } leaf }) open.Remove(leaf);
        Assert.Empty(open.Keys);
    }

    [Fact]
    public void Finds_a_class_of_Alerts_in_Sensing() =>
        Assert.NotEmpty(DependencyRules.AlertClassesInSensing(new SourceFile("src/LuohuIOC/Sensing/A.cs", "class A(AlertStore store);"), new HashSet<string> { "AlertStore" }));
}
