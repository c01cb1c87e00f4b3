namespace rung { int stub_cli = 0; }
