using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace LuohuIOC.Tests.Http;

/// <summary>A caller with or without a token; every call ends with the test.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(string address, string? token)
    {
        _http = new HttpClient { BaseAddress = new Uri(address) };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpRequestHeaders Headers => _http.DefaultRequestHeaders;

    public Task<HttpResponseMessage> Get(string path) => _http.GetAsync(path, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> Put(string path, HttpContent? body = null) => _http.PutAsync(path, body, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> Delete(string path) => _http.DeleteAsync(path, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> Post(string path, string body, string mediaType = "application/json") =>
        _http.PostAsync(path, new StringContent(body, Encoding.UTF8, mediaType), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> PostAs(string path, string body, string contentType)
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return _http.PostAsync(path, content, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> Send(string method, string path) => _http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);

    public static Task<string> TextOf(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public static async Task<JsonElement> JsonOf(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await TextOf(response));
        return document.RootElement.Clone();
    }

    /// <summary>Asserts the shape of RFC 9457 and the stable code, and gives the problem for more.</summary>
    public static async Task<JsonElement> ProblemOf(HttpResponseMessage response, int status, string code)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await JsonOf(response);
        Assert.Equal($"urn:luohu-ioc:problem:{code}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("traceId").GetString()));
        Assert.DoesNotContain("{0}", problem.GetProperty("detail").GetString());
        Assert.DoesNotContain("problem.", problem.GetProperty("title").GetString());
        return problem;
    }

    public void Dispose() => _http.Dispose();
}
