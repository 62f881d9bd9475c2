# The Windows equivalents of `make run` and `make test`:  .\make.ps1 run [folder]   .\make.ps1 test
param([string]$Target = "run", [string]$Slide = "")
$ErrorActionPreference = "Stop"
function Invoke-Checked { & $args[0] $args[1..($args.Length - 1)]; if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE } }
if (-not (Test-Path .venv)) { Invoke-Checked py -3 -m venv .venv }
$python = ".venv\Scripts\python.exe"
switch ($Target) {
  "run" {
    Invoke-Checked $python -m pip install -q -c constraints.txt -e .
    $arguments = @("-m", "leukview", "run", "--demo", "build\demo", "--output", "build\run")
    if ($Slide) { $arguments += $Slide }
    Invoke-Checked $python @arguments
  }
  "test" {
    Invoke-Checked $python -m pip install -q -c constraints.txt -e ".[dev]"
    Invoke-Checked $python -m ruff format --check .
    Invoke-Checked $python -m ruff check .
    Invoke-Checked $python -m mypy
    Invoke-Checked .venv\Scripts\lint-imports.exe
    Invoke-Checked $python -m pytest
  }
  default { Write-Error "Unknown target $Target" }
}
