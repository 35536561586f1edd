using System.Text;
using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class PcaModelFileTests
{
    [Fact]
    public void A_model_of_format_one_still_reads_and_scores()
    {
        var model = PcaModelFile.Read(Golden());
        Assert.Equal(["level", "flow"], model.Metrics);
        Assert.Equal(["velocity"], model.Excluded);
        Assert.Equal((2880, 1.5, 3, 5), (model.Rows, model.Threshold, model.HoldCount, model.HoldWindow));

        // By hand: level stands at its centre, flow one soft spread above it, so the row is (0, 1) and its projection 0.8, held at
        // the reach 0.5; the model explains (0.3, 0.4) and leaves (-0.3, 0.6), in noise (-0.6, 1.2): sqrt((0.36 + 1.44) / 2).
        var detector = new PcaDetector(model);
        var score = detector.Observe(1, [1, 10 + 5 * 3 * Math.Sinh(1 / 3.0)]);
        Assert.Equal(0.948683, score, 6);

        // Flow alone says 0.5 again, which leaves 1.44 of the squared error 1.80; level alone says 0 and leaves nothing.
        Assert.Equal(0.36 / 2.16, detector.Contributions[0], 6);
        Assert.Equal(1.80 / 2.16, detector.Contributions[1], 6);
        Assert.Equal(1 + 2 * 3 * Math.Sinh(0.1), detector.Expected[0], 6);
        Assert.Equal(10, detector.Expected[1], 6);
    }

    [Fact]
    public void What_is_written_is_what_was_read() => Assert.Equal(Encoding.UTF8.GetString(Golden()).TrimEnd(), Encoding.UTF8.GetString(PcaModelFile.Write(PcaModelFile.Read(Golden()))));

    [Theory]
    [InlineData("\"format\":1", "\"format\":2", "format 2")]
    [InlineData("\"mean\":[0,0]", "\"mean\":[0]", "mean differ")]
    [InlineData("\"scale\":5", "\"scale\":0", "scale")]
    [InlineData("\"weights\":[0.6,0.8]", "\"weights\":[0.6]", "component")]
    [InlineData("\"threshold\":1.5,", "", "not a model file")]
    [InlineData("{\"format\"", "{\"format", "not a model file")]
    public void A_damaged_or_newer_file_is_refused_by_name(string part, string becomes, string named)
    {
        var text = Encoding.UTF8.GetString(Golden());
        Assert.Contains(part, text);
        var error = Assert.Throws<InvalidDataException>(() => PcaModelFile.Read(Encoding.UTF8.GetBytes(text.Replace(part, becomes))));
        Assert.Contains(named, error.Message);
    }

    internal static byte[] Golden() => File.ReadAllBytes(Repository.PathOf("tests/LuohuIOC.Tests/Detection/pca-model-v1.json"));
}
