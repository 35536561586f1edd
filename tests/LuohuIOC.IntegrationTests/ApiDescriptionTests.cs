using System.Text.Json;

namespace LuohuIOC.IntegrationTests;

public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task Every_operation_of_the_whole_host_is_described_in_chinese_under_a_name_of_its_own()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Authorization = new("Bearer", host.Token);
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Name: $"{o.Name.ToUpperInvariant()} {p.Name}", o.Value))).ToList();
        Assert.True(operations.Count > 30, $"only {operations.Count} operations");
        Assert.Empty(operations.Where(o => !InChinese(o.Value, "summary")).Select(o => o.Name));
        Assert.Empty(operations.CountBy(o => o.Value.GetProperty("operationId").GetString()!).Where(c => c.Value > 1).Select(c => c.Key));
        Assert.Empty(operations.Where(o => !HasAnswer(o.Value.GetProperty("responses"))).Select(o => o.Name));
        var parameters = operations.SelectMany(o => o.Value.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Select(p => (Of: o.Name, Parameter: p)) : []).ToList();
        Assert.Empty(parameters.Where(p => !InChinese(p.Parameter, "description")).Select(p => $"{p.Of} {p.Parameter.GetProperty("name")}"));
        string[] filters = ["GET /api/v1/alerts severity", "GET /api/v1/sensors bbox", "POST /api/v1/sensors/import datum"];
        Assert.Empty(filters.Except(parameters.Select(p => $"{p.Of} {p.Parameter.GetProperty("name")}")));
        Assert.Empty(document.RootElement.GetProperty("tags").EnumerateArray().Where(t => !InChinese(t, "x-displayName")).Select(t => t.ToString()));
    }

    // 202 and 204 have no body.
    private static bool HasAnswer(JsonElement responses) => responses.EnumerateObject().Where(r => r.Name[0] == '2').ToList() is { Count: > 0 } good
        && good.All(r => r.Name is "202" or "204" || (r.Value.TryGetProperty("content", out var content) && content.EnumerateObject().All(c => c.Value.TryGetProperty("schema", out _))));

    private static bool InChinese(JsonElement element, string property) =>
        element.TryGetProperty(property, out var text) && text.GetString()!.Any(c => c is >= '\u4e00' and <= '\u9fff');
}
